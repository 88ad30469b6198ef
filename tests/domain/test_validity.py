"""A plan whose parts do not fit together is refused where it is made and where it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bench.domain.design.plan import Plan
from bench.domain.errors import InvalidScenario
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.registry import scenarios
from bench.planning.run_options import RunOptions
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder, write_record
from tests.fakes.plan import fake_folder, fake_plan


def with_panel(**changes: Any) -> dict[str, Any]:
    panels = fake_plan().model_dump()["panels"]
    return {"panels": [{**panels[0], **changes}, *panels[1:]]}


def with_scenario(**changes: Any) -> dict[str, Any]:
    (scenario,) = fake_plan().model_dump()["scenarios"]
    return {"scenarios": [{**scenario, **changes}]}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"margin": -1.0}, "its margin is -1: it is above 0"),
        ({"margin": float("nan")}, "its margin is nan"),
        ({"confidence": 2.0}, "its confidence is 2: it is between 0 and 1"),
        ({"joint_error": 0.06}, "its joint_error is 0.06: it is a part of the error budget"),
        ({"budget_s": float("inf")}, "its budget_s is inf"),
        ({"iterations": 0}, "its iterations are 0"),
        ({"replicates": 10**8}, "its replicates are 100000000: they are from 1 to 10,000"),
        ({"panels": []}, "it has no panel to measure"),
        ({"environments": {}}, "it has no environment"),
        ({"panels": fake_plan().model_dump()["panels"][:1] * 2}, "it has a panel twice"),
        (with_panel(layers=3_000_000_000), "a panel has layers 3000000000: they are from 1 to"),
        (with_panel(scenario="other"), "the scenario of a panel, 'other', is none of the plan"),
        (with_panel(architecture="x"), "the architecture of a panel, 'x', is none of the plan"),
        (with_panel(call_mode="shout"), "the call mode of a panel, 'shout', is not known"),
        (with_scenario(baseline="nobody"), "the baseline of 'fakes' is none of its arms"),
        ({"seed": -1}, "its seed is -1: it is not below 0"),
        *(
            ({"co_scheduling": sharing}, "its co_scheduling is no way to share a core")
            for sharing in (
                {"arms": 1},
                {"solo_every": 0},
                {"slice_ms": 0.0},
                {"block_ms": -1.0},
                {"computing": 1.5},
                {"computing": float("nan")},
            )
        ),
        (with_scenario(name="a\nb"), "has a character in its name that cannot be printed"),
    ],
)
def test_plan_that_does_not_fit_together_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why.replace("+", r"\+")):
        fake_plan(**changes)


def test_edited_plan_is_refused_in_one_line_that_names_the_file(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    path = folder.path / "run.json"
    whole = json.loads(path.read_text())
    whole["plan"]["seed"] += 1
    path.write_text(json.dumps(whole, indent=2))
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read: ") as caught:
        RunFolder(folder.path)
    assert "\n" not in str(caught.value)


def test_every_byte_of_a_record_counts(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    path = folder.path / "run.json"
    content = path.read_bytes()
    for place in range(0, len(content), 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(InvalidRun, match=r"run\.json cannot be read: "):
            RunFolder(folder.path)
    write_record(folder.path, folder.record)
    assert RunFolder(folder.path).record == folder.record


def test_wishes_beyond_all_bounds_are_refused_in_words() -> None:
    wishes = RunOptions(free_memory_bytes=1 << 30, seed=1, rounds=10**9)
    with pytest.raises(InvalidScenario, match="this cannot be planned: its rounds are 1000000000"):
        compose({"build_style": scenarios()["build_style"]}, PRESETS["quick"], wishes, "python")


def test_plan_survives_its_file(tmp_path: Path) -> None:
    plan = fake_plan()
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
