"""The gallery has every model it promises, goes on where it was left, and its page says all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras
import pytest

from bench.domain import status
from bench.domain.scenario import arm_from
from bench.report.text.formatting import NBSP, duration
from scenarios.gallery.models import APPLICATIONS, KINDS, MODELS
from scripts import gallery, gallery_page
from scripts.gallery_page import CALL_MODES, Cell, Measured, Notes

WORKS = Cell(rounds=3, first=2.0, later=0.25)
LACKING = Cell(kind=status.UNAVAILABLE, reason="no XLA\nform: StringSplit")
LATE = Cell(rounds=1, first=9.0, kind=status.TIMED_OUT, reason="no end after 300 s")


def run_of(model: str, cells: Mapping[str, Cell], at: str = "20261126T1200") -> Measured:
    """A run of ``model`` that began ``at`` that time."""
    return Measured(
        model=model,
        run=f"{at}00Z-{model}-7f3a",
        setting="2026-11-26, Keras 3.15.1, 2 cores",
        seconds=30.0,
        invented=(),
        cells=cells,
    )


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    return [[each.strip() for each in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_every_model_of_keras_applications_is_in_it() -> None:
    functions = {name for name, value in vars(keras.applications).items() if callable(value)}
    assert set(APPLICATIONS) == functions


@pytest.mark.parametrize("name", APPLICATIONS)
def test_no_application_takes_a_smaller_image(name: str) -> None:
    arguments: dict[str, Any] = dict(APPLICATIONS[name].arguments)
    side, _, channels = arguments["input_shape"]
    smaller = {**arguments, "input_shape": (side - 1, side - 1, channels)}
    with pytest.raises(ValueError, match="at least"):
        getattr(keras.applications, name)(**smaller)


def test_arms_are_written_as_the_command_reads_them() -> None:
    for arm in MODELS.values():
        read = arm_from(gallery.written(arm))
        assert (read.builder, read.arguments) == (arm.builder, arm.arguments)


def test_names_may_be_patterns() -> None:
    assert gallery.asked_for(["vae", "ResNet50*"]).models == ["vae", "ResNet50", "ResNet50V2"]
    assert gallery.asked_for([]).models == list(MODELS)


def test_a_name_that_no_model_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gallery.asked_for(["ResNet51"])
    assert "no model is called 'ResNet51'" in capsys.readouterr().err


def test_what_was_measured_since_is_left_out() -> None:
    stored = [
        run_of("vae", {"predict": WORKS}, "20261126T1100"),
        run_of("vae", {"train": LACKING}, "20261126T1300"),
    ]

    def left(since: str) -> list[str]:
        return gallery.left(stored, "vae", ["predict", "train", "fit"], since)

    assert left("20261126T1200") == ["predict", "fit"]
    assert left("20261126T1000") == ["fit"]
    assert left("") == ["predict", "train", "fit"]


def test_applications_share_runs_unless_they_are_too_large_or_need_other_call_modes() -> None:
    asked = gallery.asked_for(["gan", "vae", "VGG*", "MobileNet*", "ConvNeXtX*", "Xception"])
    assert [models for models, _ in gallery.runs((), asked)] == [
        ["vae"],
        ["gan"],
        ["VGG16", "VGG19", "MobileNet", "MobileNetV2"],
        ["MobileNetV3Small", "MobileNetV3Large"],
        ["ConvNeXtXLarge"],
        ["Xception"],
    ]
    stored = [run_of("VGG19", {"predict": WORKS})]
    asked = gallery.asked_for(["VGG*", "MobileNet", "--since", "20261126T1100"])
    of_each = [(models, "predict" in modes) for models, modes in gallery.runs(stored, asked)]
    assert of_each == [(["VGG16"], True), (["VGG19"], False), (["MobileNet"], True)]


def test_a_model_that_ends_without_findings_does_not_cost_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(
        models: Sequence[str], call_modes: Sequence[str], options: Sequence[str]
    ) -> list[Measured]:
        if "vae" in models:
            raise subprocess.CalledProcessError(70, "bench")
        return [run_of(model, {"predict": WORKS}) for model in models]

    monkeypatch.setattr(gallery, "measured", measured)
    monkeypatch.setattr(sys, "argv", ["gallery.py", "vae", "gan"])
    assert gallery.main() == 1
    told = capsys.readouterr().out
    assert "vae: bench run ended with 70" in told
    assert "| `gan` |" in told


def test_no_model_is_begun_after_the_time_that_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now_s = 0.0

    def measured(
        models: Sequence[str], call_modes: Sequence[str], options: Sequence[str]
    ) -> list[Measured]:
        nonlocal now_s
        now_s += 600.0
        return [run_of(model, {"predict": WORKS}) for model in models]

    monkeypatch.setattr(gallery, "measured", measured)
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    monkeypatch.setattr(sys, "argv", ["gallery.py", "VGG*", "vae", "gan", "--within", "15m"])
    assert gallery.main() == 0
    told = capsys.readouterr()
    assert [row[0] for row in rows(told.out)] == ["`vae`", "`gan`"]
    assert "not begun: VGG16, VGG19" in told.err


def test_what_another_call_has_stored_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: tuple[Measured, ...] = ()

    def measured(
        models: Sequence[str], call_modes: Sequence[str], options: Sequence[str]
    ) -> list[Measured]:
        write((run_of("lora", {"predict": WORKS}),))
        return [run_of(model, {"predict": WORKS}) for model in models]

    def write(runs: tuple[Measured, ...]) -> None:
        nonlocal stored
        stored = runs

    monkeypatch.setattr(gallery, "measured", measured)
    monkeypatch.setattr(gallery, "read", lambda: stored)
    monkeypatch.setattr(gallery, "write", write)
    monkeypatch.setattr(sys, "argv", ["gallery.py", "vae", "--update"])
    assert gallery.main() == 0
    assert [each.model for each in stored] == ["lora", "vae"]


def test_new_cells_replace_those_of_their_model_alone() -> None:
    old = run_of("vae", {"predict": LACKING, "train": WORKS}, "20261126T1100")
    other = run_of("lora", {"predict": LACKING}, "20261126T1100")
    stored = gallery_page.replacing([old, other], run_of("vae", {"predict": WORKS}))
    assert gallery_page.cells_of(stored, "vae") == {"predict": WORKS, "train": WORKS}
    assert gallery_page.cells_of(stored, "lora") == {"predict": LACKING}


def test_runs_without_a_cell_left_are_dropped() -> None:
    before, again = run_of("vae", {"predict": LACKING}), run_of("vae", {"predict": WORKS})
    assert gallery_page.replacing([before], again) == (again,)


def test_only_what_fails_in_another_way_than_before_is_unexpected() -> None:
    def unexpected(before: Iterable[Measured], **cells: Cell) -> list[str]:
        return list(gallery.unexpected(before, run_of("vae", cells)))

    assert unexpected([], predict=WORKS, xla=LACKING) == []
    assert unexpected([], fit=LATE) == ["vae, fit: timed_out: no end after 300 s"]
    stored = [run_of("vae", {"xla": LACKING, "predict": WORKS, "fit": LATE})]
    assert unexpected(stored, xla=LACKING, fit=LATE) == []
    assert unexpected(stored, xla=WORKS, fit=WORKS) == []
    assert len(unexpected(stored, predict=LACKING)) == 1


def test_table_has_times_and_numbers_the_reasons() -> None:
    stored = [
        run_of("VGG16", {"function": WORKS, "xla": LACKING, "fit": LATE}),
        run_of("vae", {"xla": LACKING}),
    ]
    notes = Notes()
    first, second = rows(gallery_page.times(stored, MODELS, notes))
    named = dict(zip(("model", *CALL_MODES), second, strict=True))
    both = f"{duration(2.0)} / {duration(0.25)}".replace(NBSP, " ")
    assert named["model"] == "`VGG16`"
    assert named["function"] == both
    assert named["predict"] == ""
    assert named["xla"] == "unavailable (1)"
    assert named["fit"] == f"{duration(9.0)} / timed out (2)".replace(NBSP, " ")
    assert first[0] == "`vae`"
    assert "unavailable (1)" in first
    assert list(notes) == ["no XLA form: StringSplit", "no end after 300 s"]


def test_each_kind_is_described_by_its_builder() -> None:
    made_up = run_of("text_classifier", {"predict": WORKS}).model_copy(
        update={"invented": ("string[32,1], texts of 8 words",)}
    )
    lines = gallery_page.kinds([made_up]).splitlines()
    assert [line.split("`")[1] for line in lines] == list(KINDS)
    assert all(len(line.split("`: ")[1]) > 20 for line in lines)
    (told,) = [line for line in lines if "made up" in line.lower()]
    assert told.startswith("- `text_classifier`: ")
    assert "texts of 8 words" in told


def test_page_is_made_from_what_is_stored() -> None:
    stored = gallery_page.read()
    assert {each.model for each in stored} == set(MODELS)
    for each in stored:
        assert set(gallery_page.cells_of(stored, each.model)) == set(CALL_MODES)
    page = gallery_page.PAGE.read_text()
    assert gallery_page.page(page, stored) == page
