"""Whole runs with the fake framework, in this process."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.domain.findings.evidence import Failure
from bench.domain.findings.run import Findings
from bench.execution.listener import Listener, RoundReport
from bench.execution.rounds.run import execute_run, is_resolved
from bench.planning.order import PlannedInvocation, invocations_of
from bench.runs.conclude import conclude
from bench.store.files import InvalidRun
from bench.store.run_folder import RunBusy, RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.report.lifecycle_findings import series


class Recording(Listener):
    """Remembers what it was told; interrupts the run after ``rounds``, if asked to."""

    def __init__(self, interrupt_after: int | None = None) -> None:
        self.invocations: list[tuple[int, str, int | None]] = []
        self.reports: list[RoundReport] = []
        self._interrupt_after = interrupt_after

    def invocation_ends(self, invocation: PlannedInvocation, failure: Failure | None) -> None:
        cell = invocation.cell
        self.invocations.append((invocation.order, cell.arm, cell.panel.layers))

    def round_ends(self, report: RoundReport) -> None:
        self.reports.append(report)
        if len(self.reports) == self._interrupt_after:
            raise KeyboardInterrupt


def statuses(folder: RunFolder) -> dict[str, set[str]]:
    """Arm → the statuses its rows have."""
    samples = folder.samples().dropna(subset=["arm"])
    return {
        str(arm): set(rows["status"].astype(str))
        for arm, rows in samples.groupby("arm", observed=True)
    }


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_cell_is_measured_once_in_every_round(tmp_path: Path, jobs: int) -> None:
    plan = fake_plan(jobs=jobs, pin=jobs > 1)
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    samples = folder.samples()
    whole = samples[samples["phase"] == "invocation"]
    counts = whole.groupby(["round", "arm", "layers"], observed=True).size()
    assert len(counts) == plan.rounds * len(plan.cells())
    assert (counts == 1).all()
    assert (samples[samples["phase"] == "import"].groupby("round").size() == 1).all()
    assert folder.record.status == "complete"


def test_rounds_go_in_the_planned_order(tmp_path: Path) -> None:
    plan = fake_plan(rounds=2)
    listener = Recording()
    execute_run(fake_folder(tmp_path / "run", plan), listener)
    planned = [
        (visit.order, visit.cell.arm, visit.cell.panel.layers)
        for number in range(2)
        for visit in invocations_of(plan, number)
    ]
    assert listener.invocations == planned


def test_interrupted_run_goes_on_with_the_missing_rounds(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=4))
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Recording(interrupt_after=1))
    assert folder.record.status == "interrupted"
    assert folder.rounds() == [0]
    first = (folder.path / "rounds" / "round-0000.parquet").read_bytes()
    again = RunFolder(folder.path)
    listener = Recording()
    execute_run(again, listener)
    assert [report.number for report in listener.reports] == [1, 2, 3]
    assert again.rounds() == [0, 1, 2, 3]
    assert (folder.path / "rounds" / "round-0000.parquet").read_bytes() == first


def test_complete_run_is_not_measured_again(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2))
    execute_run(folder, Listener())
    listener = Recording()
    findings = execute_run(RunFolder(folder.path), listener)
    assert not listener.invocations
    assert findings == folder.findings()


def test_compacted_run_is_concluded_and_not_measured_again(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    findings = execute_run(folder, Listener())
    folder.compact()
    listener = Recording()
    again = execute_run(RunFolder(folder.path), listener)
    assert again == findings.model_copy(update={"sources": again.sources})
    assert not listener.invocations


def test_compacted_run_that_lacks_rounds_is_refused_before_it_is_measured(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Recording(interrupt_after=1))
    folder.compact()
    listener = Recording()
    with pytest.raises(InvalidRun, match="compacted"):
        execute_run(RunFolder(folder.path), listener)
    assert not listener.invocations
    assert RunFolder(folder.path).record.status == "interrupted"


def test_budget_ends_a_run_after_a_finished_round(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=500, budget_s=1.0))
    findings = execute_run(folder, Listener())
    assert 1 <= findings.rounds < 500
    assert findings.status == "complete"


def test_one_round_is_made_of_any_budget(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=500, budget_s=1e-9))
    assert execute_run(folder, Listener()).rounds == 1


def test_findings_after_each_round_are_stored(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2))
    seen: list[Findings | None] = []

    class Looking(Listener):
        def round_ends(self, report: RoundReport) -> None:
            seen.append(folder.findings())

    execute_run(folder, Looking())
    assert [found.rounds for found in seen if found] == [1, 2]


def test_bad_arms_leave_the_others_measured(tmp_path: Path) -> None:
    bad = ("raises", "returns_no_model", "exits", "reads_null", "needs_newer_version")
    folder = fake_folder(tmp_path / "run", fake_plan("good", *bad, rounds=2, layers=(2,)))
    findings = execute_run(folder, Listener())
    found = statuses(folder)
    assert found["good"] == found["placebo"] == {"ok", "nothing_to_do"}
    assert {arm: kinds for arm, kinds in found.items() if arm in bad} == {
        # They have measured what comes before they build.
        "raises": {"ok", "builder_error"},
        "returns_no_model": {"ok", "not_a_model"},
        "exits": {"ok", "crashed"},
        "reads_null": {"ok", "crashed"},
        "needs_newer_version": {"ok", "unavailable"},
    }
    assert {(failure.arm, failure.kind) for failure in findings.failures} >= {
        ("raises", "builder_error"),
        ("reads_null", "crashed"),
    }


def test_failed_invocation_keeps_its_log(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "raises", rounds=1, layers=(2,)))
    execute_run(folder, Listener())
    (log,) = (folder.path / "logs").iterdir()
    assert log.name.startswith("round-0000-fakes-")
    assert "-raises-0" in log.name
    assert "ValueError: no such luck" in log.read_text()


@pytest.mark.parametrize(
    ("builder", "tries"),
    [("raises", 3), ("loops_forever", 2), ("allocates_without_end", 2), ("needs_newer_version", 1)],
)
def test_failing_cell_is_given_up(tmp_path: Path, builder: str, tries: int) -> None:
    plan = fake_plan("good", builder, rounds=5, layers=(2,), timeout_s=0.5, memory_bytes=200 << 20)
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    (failure,) = findings.failures
    assert failure.count == tries
    assert findings.rounds == 5


def test_given_up_cell_stays_given_up_after_resuming(tmp_path: Path) -> None:
    plan = fake_plan("good", "needs_newer_version", rounds=3, layers=(2,))
    folder = fake_folder(tmp_path / "run", plan)
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Recording(interrupt_after=1))
    findings = execute_run(RunFolder(folder.path), Listener())
    assert [failure.count for failure in findings.failures] == [1]


@pytest.mark.parametrize("jobs", [1, 2])
def test_arm_that_kills_its_interpreter_costs_only_itself(tmp_path: Path, jobs: int) -> None:
    plan = fake_plan("good", "kills_its_zygote", rounds=2, layers=(2,), jobs=jobs)
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    found = statuses(folder)
    assert found["kills_its_zygote"] == {"ok", "crashed"}
    assert found["good"] == {"ok", "nothing_to_do"}
    assert folder.rounds() == [0, 1]


def test_missing_device_is_recorded_for_every_cell(tmp_path: Path) -> None:
    plan = fake_plan(rounds=2, layers=(2,))
    panels = [panel.model_copy(update={"device": "gpu"}) for panel in plan.panels]
    folder = fake_folder(tmp_path / "run", plan.model_copy(update={"panels": tuple(panels)}))
    findings = execute_run(folder, Listener())
    assert {failure.reason for failure in findings.failures} == {"the fake framework has no GPU"}
    assert not findings.cells


def test_run_whose_baseline_has_failed_everywhere_ends(tmp_path: Path) -> None:
    plan = fake_plan("needs_newer_version", "good", rounds=9, layers=(2,))
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert findings.rounds == 1


def test_round_ends_at_once_when_its_last_cells_are_given_up(tmp_path: Path) -> None:
    plan = fake_plan("good", "needs_newer_version", rounds=1, layers=(2,), replicates=4)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert [failure.count for failure in findings.failures] == [1]


def test_standby_that_dies_costs_nothing(tmp_path: Path) -> None:
    plan = fake_plan(rounds=3, jobs=2, pin=True)
    folder = fake_folder(tmp_path / "run", plan)

    class Killing(Listener):
        def invocation_ends(self, invocation: PlannedInvocation, failure: Failure | None) -> None:
            zygotes = psutil.Process().children()
            if len(zygotes) > 1:
                max(zygotes, key=psutil.Process.create_time).kill()

    execute_run(folder, Killing())
    assert folder.rounds() == [0, 1, 2]


def test_two_controllers_cannot_measure_into_one_folder(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=1))
    with folder.lock(), pytest.raises(RunBusy, match="another process"):
        execute_run(RunFolder(folder.path), Listener())


def test_run_ends_when_everything_is_resolved(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2))
    unresolved = execute_run(folder, Listener())
    assert not is_resolved(unresolved)
    resolved = unresolved.model_copy(
        update={
            "comparisons": tuple(
                finding.model_copy(update={"verdict": "equivalent"})
                for finding in unresolved.comparisons
            )
        }
    )
    assert is_resolved(resolved)
    assert not is_resolved(resolved.model_copy(update={"comparisons": ()}))
    for memory, known in (("grows", True), ("flat", True), ("unresolved", False)):
        kept = series("good", 1 << 20, memory=memory)
        assert is_resolved(resolved.model_copy(update={"memory_growth": (kept,)})) == known
    unknown_of_placebo = series("placebo", 1 << 20, memory="unresolved")
    assert is_resolved(resolved.model_copy(update={"memory_growth": (unknown_of_placebo,)}))


def test_concluding_twice_gives_the_same_findings(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=2))
    findings = execute_run(folder, Listener())
    assert conclude(RunFolder(folder.path)) == findings


def test_no_thread_is_left_running(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    execute_run(fake_folder(tmp_path / "run", fake_plan(rounds=1)), Listener())
    assert set(threading.enumerate()) <= before


def test_phases_that_ended_before_a_failure_are_stored_and_compared(tmp_path: Path) -> None:
    plan = fake_plan("good", "refuses_calls", rounds=2, layers=(2,))
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    mine = {each.phase: each for each in findings.timings if each.arm == "refuses_calls"}
    assert mine["construct"].rounds == mine["trace"].rounds == 2
    assert mine["first_call"].verdict == mine["inference"].verdict == "failed"
    (failure,) = findings.failures
    assert (failure.arm, failure.phase, failure.count) == ("refuses_calls", "first_call", 2)


def test_run_whose_disk_is_full_is_interrupted_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=3, layers=(2,)))
    write_round = RunFolder.write_round

    def full(self: RunFolder, number: int, rows: Iterable[Any]) -> None:
        if number == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_round(self, number, rows)

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "write_round", full)
        with pytest.raises(OSError, match="No space left"):
            execute_run(folder, Listener())
    again = RunFolder(folder.path)
    assert (again.record.status, again.rounds()) == ("interrupted", [0])
    assert not [path.name for path in folder.path.rglob(".*")]
    execute_run(again, Listener(), enough=lambda _: False)
    assert (again.record.status, again.rounds()) == ("complete", [0, 1, 2])
