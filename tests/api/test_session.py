"""An interpreter that is ended from outside is replaced, also before a run; in fakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bench.api import session
from bench.api.explain import explain
from bench.api.session import CannotStart, estimated
from bench.domain.design.plan import Plan
from bench.execution.processes import requests
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.environment import Survey, survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from tests.execution.test_accidents import IMPORTS, plan_of

GOOD = "tests.fakes.builders:by_depth"
ENDS = "tests.fakes.halting:ends_its_zygote_once"

Action = Callable[[Plan], list[str]]


def explained(plan: Plan) -> list[str]:
    """The reasons of what could not be explained."""
    (found,) = explain(plan, lambda line: None, lambda done, of: None)
    return [each.reason for each in found.failures]


def tried(plan: Plan) -> list[str]:
    """The reasons of what could not be tried before a run."""
    return list(estimated(plan).untried)


@pytest.fixture
def accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file whose absence says that the interpreter was ended."""
    path = tmp_path / "end"
    path.touch()
    monkeypatch.setenv("FAKE_HALT", str(path))
    return path


@pytest.mark.parametrize("action", [explained, tried])
def test_interpreter_that_is_ended_under_way_is_replaced(action: Action, accident: Path) -> None:
    assert action(plan_of({"ends": ENDS, "good": GOOD})) == []
    assert not accident.exists()


class Mortal(Interpreter):
    """Is killed as soon as it is started, the first times."""

    accidents = 0
    starts = 0

    def __init__(self, launch: LaunchSpec) -> None:
        super().__init__(launch)
        Mortal.starts += 1
        if Mortal.starts <= Mortal.accidents:
            psutil.Process(self.process_id).kill()


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> type[Mortal]:
    Mortal.starts = 0
    for module in (session, requests):
        monkeypatch.setattr(module, "Interpreter", Mortal)
    return Mortal


@pytest.mark.parametrize("action", [explained, tried])
def test_interpreter_that_is_killed_while_it_imports_is_replaced(
    action: Action, mortal: type[Mortal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mortal, "accidents", 2)
    assert action(plan_of({"good": GOOD, "other": GOOD})) == []
    assert mortal.starts == 3


@pytest.mark.parametrize("action", [explained, tried])
def test_interpreters_that_are_all_killed_end_it_in_one_line(
    action: Action, mortal: type[Mortal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mortal, "accidents", 99)
    with pytest.raises(InterpreterFailed) as failure:
        action(plan_of({"good": GOOD, "other": GOOD}))
    assert str(failure.value) == "the measured interpreter was killed by SIGKILL"


@pytest.mark.parametrize("action", [explained, tried])
def test_interpreter_that_is_killed_while_names_are_looked_up_is_replaced(
    action: Action, mortal: type[Mortal], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = []

    def cut_off(interpreter: Interpreter, plan: Plan, environment: str) -> Survey:
        found = survey(interpreter, plan, environment)
        looked_up.append(found)
        if len(looked_up) == 1:
            interpreter.close()
        return found

    monkeypatch.setattr(session, "survey", cut_off)
    assert action(plan_of({"good": GOOD, "other": GOOD})) == []
    assert len(looked_up) == 2
    with pytest.raises(CannotStart, match="has no 'lost'"):
        action(plan_of({"good": GOOD, "lost": "tests.fakes.builders:lost"}))


@pytest.mark.parametrize("action", [explained, tried])
def test_arm_that_ends_every_interpreter_is_told_once_and_the_others_go_on(action: Action) -> None:
    reasons = action(plan_of({"good": GOOD, "kills": f"{IMPORTS}.kills:build"}))
    told = {reason.removeprefix("kills: ") for reason in reasons}
    assert told == {"its interpreter was killed by SIGKILL, while this ran in it alone"}
