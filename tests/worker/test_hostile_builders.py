"""A builder fails alone, or is timed as it is, whatever it does to its process and its files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import psutil
import pytest

from bench.execution.listener import Listener
from bench.execution.processes.scratch import scratch
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from tests.fakes.hostile import kinds, outcomes
from tests.fakes.hostile.behaving import ASLEEP_S, Builder, behaves
from tests.fakes.plan import fake_folder, fake_plan

SECRET = "what is in other files"
ASLEEP_NS = ASLEEP_S * 1e9


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    monkeypatch.setenv("HOSTILE_SECRET", str(path))
    return path


def measured(path: Path, *builders: Builder, schedule: str, jobs: int = 1) -> RunFolder:
    """A run of two rounds whose baseline sleeps and does nothing else."""
    names = [f"{each.__module__}:{each.__name__}" for each in (behaves, *builders)]
    plan = fake_plan(*names, rounds=2, layers=(2,), timeout_s=3.0, jobs=jobs)
    if schedule == "solo":
        plan = plan.model_copy(update={"co_scheduling": None})
    folder = fake_folder(path / "run", plan)
    execute_run(folder, Listener())
    return folder


def constructs(folder: RunFolder) -> pd.DataFrame:
    samples = folder.samples()
    return samples[(samples["phase"] == "construct") & (samples["status"] == "ok")]


@pytest.mark.parametrize("schedule", ["solo", "co-scheduled"])
def test_builder_that_reaches_for_the_instrument_is_timed_like_any_other(
    tmp_path: Path, schedule: str
) -> None:
    folder = measured(tmp_path, *kinds.REACH_THE_INSTRUMENT, schedule=schedule)
    assert not conclude(folder).failures
    samples = folder.samples()
    assert (samples["wall_ns"].dropna() >= 0).all()
    assert (samples["cpu_ns"].dropna() >= 0).all()
    asleep = constructs(folder)
    assert {each.__name__ for each in kinds.REACH_THE_INSTRUMENT} <= set(asleep["arm"])
    assert asleep["wall_ns"].between(ASLEEP_NS, 100 * ASLEEP_NS).all()


def test_hostile_builder_fails_alone_or_is_timed_as_it_is(tmp_path: Path, secret: Path) -> None:
    failing = (*kinds.SAY_WHAT_CANNOT_BE, *kinds.FAIL)
    folder = measured(tmp_path, *failing, *kinds.DO_HARM_TO_NOBODY, schedule="solo", jobs=2)
    findings = conclude(folder)
    failed = {each.arm for each in findings.failures}
    assert {each.__name__ for each in failing} <= failed
    harmless = {each.__name__ for each in kinds.DO_HARM_TO_NOBODY}
    assert failed <= harmless | {each.__name__ for each in failing}

    (silent,) = (each for each in findings.failures if each.arm == "raises_what_cannot_be_said")
    assert silent.phase == "construct"
    assert "_Unspeakable" in silent.reason

    timed = constructs(folder)
    assert (timed["wall_ns"] >= ASLEEP_NS).all()
    assert harmless - failed <= set(timed["arm"])
    # The baseline and its second copy are measured in every round.
    for arm in ("behaves", "placebo"):
        assert timed.loc[timed["arm"] == arm, "round"].nunique() == 2

    assert secret.read_text() == SECRET
    stored = [path for path in folder.path.rglob("*") if path.is_file()]
    assert not [path for path in stored if SECRET.encode() in path.read_bytes()]
    assert max(path.stat().st_size for path in stored) < 5 << 20
    assert not list(scratch().glob("zygote-*"))
    assert not [
        each
        for each in psutil.process_iter(["cmdline"])
        if "left-by-a-hostile-builder" in (each.info["cmdline"] or [])
    ]


def test_there_are_forty_kinds_of_them_and_more() -> None:
    everyone = (
        *kinds.REACH_THE_INSTRUMENT,
        *kinds.SAY_WHAT_CANNOT_BE,
        *kinds.FAIL,
        *kinds.DO_HARM_TO_NOBODY,
    )
    assert len({each.__name__ for each in everyone}) == len(everyone) >= 40


def test_what_cannot_be_is_told_in_words(tmp_path: Path) -> None:
    folder = measured(tmp_path, outcomes.says_a_time_of_years, schedule="solo")
    (failure,) = conclude(folder).failures
    assert failure.kind == "crashed"
    assert "the process sent an outcome that cannot be read: " in failure.reason
