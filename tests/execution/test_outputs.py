"""After the rounds of a run, outputs are compared once, and what follows stands in the findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.findings.run import Findings
from bench.execution.listener import Listener
from bench.execution.passes import outputs
from bench.execution.rounds.run import execute_run
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan


def findings_of(path: Path, *builders: str, evidence_s: float = 20.0) -> Findings:
    plan = fake_plan(*builders, rounds=1, layers=(2, 4), evidence_s=evidence_s)
    return execute_run(fake_folder(path / "run", plan), Listener())


def told(findings: Findings) -> list[str]:
    return [each.text for each in findings.warnings if each.kind == "outputs"]


def test_arms_that_answer_alike_are_not_told(tmp_path: Path) -> None:
    assert told(findings_of(tmp_path, "good", "unbuilt")) == []


def test_arm_that_answers_otherwise_is_told_in_the_answer(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "longer", "unbuilt")
    (text,) = told(findings)
    assert text.startswith("longer and good give different outputs")
    assert f"Outputs: {text}." in findings.answer


def test_weights_that_begin_elsewhere_are_no_other_computation(tmp_path: Path) -> None:
    (text,) = told(findings_of(tmp_path, "good", "begins_elsewhere"))
    assert text.startswith("begins_elsewhere and good give different outputs")
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


def test_run_without_evidence_compares_no_outputs(tmp_path: Path) -> None:
    findings = findings_of(tmp_path, "good", "longer", evidence_s=0.0)
    assert (told(findings), findings.facts) == ([], ())


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
