"""What a person sees who opens a run in TensorBoard, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARMS, LAYERS, Served

OpenView = Callable[..., Page]
SESSIONS = [f"inline_vs_incremental-mlp-{layers:02d}-{arm}" for layers in LAYERS for arm in ARMS]


def viewer(visit: OpenView, session: str, tool: str) -> Page:
    """The profile viewer with one session and tool chosen."""
    return visit("profile", f"run={quote(session, safe='')}&tag={tool}")


def test_address_leads_to_the_profiles_of_this_machine_only(served: Served) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?smoothing=0#profile", served.address)


def test_scalars_have_one_curve_for_each_arm(visit: OpenView) -> None:
    page = visit("timeseries", "smoothing=0&tagFilter=seconds/construct")
    card = page.locator("scalar-card", has_text="seconds/construct").first
    expect(card).to_be_visible()
    for arm in (*ARMS, "placebo"):
        expect(card.get_by_text(f"curves/inline_vs_incremental/mlp/{arm}").first).to_be_visible()
    expect(card.locator("line-chart canvas, line-chart svg path").first).to_be_attached()


def test_trials_table_has_every_cell(visit: OpenView) -> None:
    page = visit("hparams")
    frame = page.locator("tf-hparams-table-view")
    for arm in (*ARMS, "placebo"):
        for layers in LAYERS:
            expect(frame.get_by_text(f"{layers}-{arm}").first).to_be_attached()


def test_charts_are_shown_as_images(visit: OpenView) -> None:
    page = visit("images")
    image = page.locator("tf-image-loader img").first
    expect(image).to_be_visible()
    page.wait_for_function("image => image.naturalWidth > 500", arg=image.element_handle())


def test_verdicts_are_shown_as_text(visit: OpenView) -> None:
    page = visit("text")
    expect(page.get_by_role("cell", name="construct", exact=True).first).to_be_visible()


def test_charts_with_margins_are_laid_out(visit: OpenView) -> None:
    page = visit("custom_scalars")
    expect(page.get_by_text("seconds by layers").first).to_be_visible()


def test_every_cell_is_a_session_twice(visit: OpenView, served: Served) -> None:
    page = visit("profile")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text(f"Sessions ({2 * len(SESSIONS)})")).to_be_visible()
    listed = page.request.get(f"{_root(served)}/data/plugin/profile/runs").json()
    assert set(listed) == {*SESSIONS, *(f"python_calls/{name}" for name in SESSIONS)}


@pytest.mark.parametrize("session", SESSIONS)
def test_overview_shows_the_time_of_a_step(visit: OpenView, served: Served, session: str) -> None:
    page = viewer(visit, session, "overview_page")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("Performance Summary")).to_be_visible()
    expect(frame.get_by_text("Host Compute Time")).to_be_visible()
    assert "No step marker observed" not in frame.locator("body").inner_text()
    assert 0 < _average_step_ms(page, served, session) < 1000


def _average_step_ms(page: Page, served: Served, session: str) -> float:
    """What the overview's chart of step times says; the chart itself needs Google's servers."""
    query = f"run={quote(session, safe='')}&tag=overview_page&host=host"
    tables = page.request.get(f"{_root(served)}/data/plugin/profile/data?{query}").json()
    (told,) = (
        table["p"]["steptime_ms_average"]
        for table in tables
        if "steptime_ms_average" in table.get("p", {})
    )
    return float(told)


@pytest.mark.parametrize("session", SESSIONS)
def test_framework_op_statistics_name_the_operations(
    visit: OpenView, served: Served, session: str
) -> None:
    page = viewer(visit, session, "framework_op_stats")
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("Host-side TensorFlow operations (grouped by TYPE)")).to_be_visible()
    query = f"run={quote(session, safe='')}&tag=framework_op_stats&host=host"
    told = page.request.get(f"{_root(served)}/data/plugin/profile/data?{query}").text()
    # Where TensorFlow uses oneDNN, the operation is _MklNativeFusedMatMul.
    assert re.search(r"_(MklNative)?FusedMatMul", told)


@pytest.mark.parametrize("arm", ARMS)
def test_trace_viewer_shows_phases_and_the_calls_of_the_builder(
    visit: OpenView, served: Served, arm: str
) -> None:
    session = f"python_calls/inline_vs_incremental-mlp-16-{arm}"
    page = viewer(visit, session, "trace_viewer@")
    frame = page.frame_locator("iframe").first.frame_locator("iframe").first
    expect(frame.get_by_text("python", exact=True).first).to_be_visible()
    query = f"run={quote(session, safe='')}&tag=trace_viewer@&host=host&resolution=0"
    trace = page.request.get(f"{_root(served)}/data/plugin/profile/data?{query}").json()
    names = [event.get("name") for event in trace["traceEvents"]]
    assert {"construct", "compile", "trace", "first_call", "inference 0"} <= set(names)
    # Inline, the model is built once; incrementally, again after each layer.
    assert names.count("Sequential.build") == {"inline": 1, "incremental": 16}[arm]


def _root(served: Served) -> str:
    return served.address.partition("/?")[0]
