"""After the rounds of a run, outputs are compared once, and what follows stands in the findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.domain.findings.run import Findings
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.passes import outputs
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.run import execute_run
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan


def findings_of(path: Path, *builders: str, **changes: Any) -> Findings:
    plan = fake_plan(*builders, rounds=1, layers=(2, 4), **changes)
    return execute_run(fake_folder(path / "run", plan), Listener())


def told(findings: Findings) -> list[str]:
    return [each.text for each in findings.warnings if each.kind.startswith("outputs")]


def test_arms_that_answer_alike_are_not_told(tmp_path: Path) -> None:
    assert told(findings_of(tmp_path, "good", "unbuilt")) == []


def test_arm_that_answers_otherwise_is_told_in_the_answer(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "longer", "unbuilt")
    (text,) = told(findings)
    assert text.startswith("the outputs of longer differ from those of good on the same input")
    assert f"Outputs: {text}." in findings.answer


def test_arm_that_answers_otherwise_in_one_column_of_many_is_told(tmp_path: Path) -> None:
    (text,) = told(findings_of(tmp_path, "answers_widely", "answers_otherwise_in_a_column"))
    assert "answers_otherwise_in_a_column differ from those of answers_widely" in text
    assert "what is compared does not compute the same" in text


def test_weights_that_begin_elsewhere_are_no_other_computation(tmp_path: Path) -> None:
    (text,) = told(findings_of(tmp_path, "good", "begins_elsewhere"))
    assert text.startswith("the outputs of begins_elsewhere differ from those of good")
    assert "with equal ones they answer alike" in text


def test_answer_says_whose_compile_was_used_where_it_is_not_the_usual(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "comes_compiled")
    values = {fact.arm: fact.value for fact in findings.facts if fact.name == "compiled"}
    assert values == {
        "good": "by the suite (usual)",
        "comes_compiled": "by the builder (a way of its own)",
    }
    told = "good by the suite (usual); comes_compiled by the builder (a way of its own)"
    assert f"Compiled: {told}." in findings.answer


def test_answer_is_silent_where_the_suite_has_compiled_everything(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "unbuilt")
    assert not [sentence for sentence in findings.answer if sentence.startswith("Compiled")]


def test_run_without_evidence_compares_outputs_all_the_same(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "longer", evidence_s=0.0)
    (text,) = told(findings)
    assert "longer" in text


def test_arm_that_answers_otherwise_at_some_depths_is_told_with_them(tmp_path: Path) -> None:
    (text,) = told(findings_of(tmp_path, "good", "longer_when_deep"))
    assert text.startswith("at 4 layers: the outputs of longer_when_deep differ from those of good")


def test_arms_of_which_the_same_is_to_be_said_are_named_together(tmp_path: Path) -> None:
    plan = fake_plan("good", "longer", "longer_when_deep", rounds=1, layers=(4,))
    (text,) = told(execute_run(fake_folder(tmp_path / "run", plan), Listener()))
    assert text.startswith("the outputs of longer, longer_when_deep differ from those of good")


def test_outputs_for_which_no_time_is_left_are_told_and_compared_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "LEAST_S", 0.0)
    monkeypatch.setattr(outputs, "SHARE", 0.0)
    plan = fake_plan("good", "longer", "unbuilt", rounds=1, layers=(2, 4))
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    assert told(findings) == [
        f"the outputs of longer, unbuilt are not compared with those of good: {outputs.NO_TIME}"
    ]
    assert f"Outputs: {told(findings)[0]}." in findings.answer
    monkeypatch.undo()
    (text,) = told(execute_run(RunFolder(folder.path), Listener()))
    assert text.startswith("the outputs of longer differ from those of good")


def test_arm_that_never_ended_is_not_asked_again(tmp_path: Path) -> None:
    plan = fake_plan("good", "loops_forever", rounds=1, layers=(2,), timeout_s=1)
    findings = execute_run(folder := fake_folder(tmp_path / "run", plan), Listener())
    assert {each.arm for each in findings.failures} == {"loops_forever"}
    assert len(folder.observations(Observation.OUTPUTS)) == 1
    assert told(findings) == []


def test_arm_that_failed_too_often_after_it_was_measured_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = fake_plan("good", "longer", rounds=1, layers=(2,))
    measured, folder = (fake_folder(tmp_path / name, plan) for name in ("measured", "run"))
    execute_run(measured, Listener())
    monkeypatch.setattr(Failures, "is_excluded", lambda self, cell: cell.arm == "longer")
    with ZygotePool(plan) as zygotes:
        outputs.store_outputs(folder, Failures(), measured.samples(), zygotes, Listener())
    stored = folder.observations(Observation.OUTPUTS).values()
    found = {document["cell"][1]: document["failed"] for document in stored}
    assert found == {"good": None, "longer": outputs.GIVEN_UP}


def test_pass_that_fails_is_told_with_its_reason(tmp_path: Path) -> None:
    plan = fake_plan("good", "dies_when_asked", rounds=1, layers=(2,))
    (text,) = told(execute_run(fake_folder(tmp_path / "run", plan), Listener()))
    assert "dies_when_asked are not compared with those of good: " in text
    assert "exit status 7" in text


def test_arms_that_failed_are_left_out(tmp_path: Path) -> None:
    plan = fake_plan("good", "raises", rounds=3, layers=(2,), evidence_s=20.0)
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    assert {fact.arm for fact in findings.facts} == {"good"}
    assert told(findings) == []


def test_stored_outputs_are_not_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = fake_plan("good", "longer", rounds=1, layers=(2,), evidence_s=20.0)
    folder = fake_folder(tmp_path / "run", plan)
    first = execute_run(folder, Listener())
    assert len(folder.observations(Observation.OUTPUTS)) == 2

    def observe(*_: object, **__: object) -> None:
        raise AssertionError("outputs are compared again")

    monkeypatch.setattr(outputs, "observe", observe)
    again = execute_run(RunFolder(folder.path), Listener())
    assert told(again) == told(first) != []
