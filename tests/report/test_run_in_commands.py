"""Commands in the report call the run as commands find it from the folder that one is in."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from bench.report.html.report import render_report
from bench.runs.view import run_view
from bench.store.locate import locate
from tests.fakes.plan import fake_folder, fake_plan
from tests.report.findings_factory import findings
from tests.report.test_html import Document


@pytest.mark.parametrize(
    ("place", "called"),
    [
        ("results/runs/mine", "mine"),
        ("results/published/mine", "results/published/mine"),
        ("my runs/mine", "'my runs/mine'"),
        ("mine", "mine"),
    ],
)
def test_run_below_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, called: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = fake_folder(tmp_path / place, fake_plan())
    seen = run_view(folder, findings())
    assert seen.called == called
    (word,) = shlex.split(called)
    assert locate(word).path.resolve() == folder.path.resolve()
    text = Document(render_report(seen, ())).text
    for command in ("show RUN", "export RUN --format csv", "tensorboard RUN --open"):
        assert f"bench {command.replace('RUN', called)}" in text


@pytest.mark.parametrize("place", ["mine", "results/runs/mine"])
def test_run_elsewhere_is_called_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    folder = fake_folder(tmp_path / "there" / place, fake_plan())
    assert run_view(folder, findings()).called == str(folder.path.resolve())
