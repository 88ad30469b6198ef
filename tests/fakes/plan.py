"""Plans and run folders for the fake framework: rounds that take a fraction of a second."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.domain.design.plan import Plan
from bench.domain.scenario import Arm, Scenario
from bench.planning.build import compose
from bench.planning.presets import Preset
from bench.planning.run_options import RunOptions
from bench.store.run_folder import RunFolder

ENVIRONMENT: dict[str, str | int | float | None] = {"fake": "1.0", "python": "3", "cpu_count": 2}


def fake_plan(
    *builders: str,
    module: str = "tests.fakes.builders",
    rounds: int = 3,
    layers: tuple[int, ...] = (2, 4, 8),
    backends: Sequence[str] = ("tests.fakes.framework",),
    devices: Sequence[str] = ("cpu",),
    **changes: Any,
) -> Plan:
    """A plan that compares ``builders`` of ``module``, the first of them the baseline.

    One that has a module before its name is of that module. ``changes`` are those of the plan.
    """
    references = [
        each if ":" in each else f"{module}:{each}" for each in builders or ("good", "unbuilt")
    ]
    arms = {each.partition(":")[2]: Arm(each) for each in references}
    scenario = Scenario(
        question="Which fake is fastest?",
        arms=arms,
        baseline=next(iter(arms)),
        architectures=("tests.fakes.builders:stack",),
        layers=layers,
    )
    wishes = RunOptions(
        free_memory_bytes=1 << 29, seed=1, backends=backends, devices=devices, timeout_s=10
    )
    plan = compose({"fakes": scenario}, fake_preset(rounds), wishes, sys.executable)
    return Plan.model_validate({**plan.model_dump(), **changes})


def pinned(plan: Plan, arm: str, environment: str) -> Plan:
    """``plan`` in which ``arm`` belongs to ``environment``."""
    document = plan.model_dump()
    for each in document["scenarios"][0]["arms"]:
        if each["name"] == arm:
            each["environment"] = environment
    return Plan.model_validate(document)


def fake_preset(rounds: int) -> Preset:
    """One replicate a round, in a plan that measures nothing before its first round."""
    return Preset(
        architectures=1,
        rounds=rounds,
        replicates=1,
        pilot_rounds=0,
        iterations=3,
        budget_s=600,
        evidence_s=0,
        jobs=1,
        margin=0.05,
    )


def fake_folder(path: Path, plan: Plan) -> RunFolder:
    """A new run folder at ``path`` for ``plan``."""
    return RunFolder.create(path, plan, ENVIRONMENT)
