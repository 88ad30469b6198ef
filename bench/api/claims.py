"""Claims: each is checked in a process of its own, in the measured interpreter."""

from __future__ import annotations

from collections.abc import Callable

from bench.analysis.evidence.claims import claim_finding
from bench.api.planning import choose, plan_session
from bench.api.session import started
from bench.domain.findings.claims import ClaimFinding
from bench.execution.passes.observe import observe
from bench.execution.processes.jobs import Job
from bench.execution.processes.zygote_pool import ZygotePool
from bench.planning import registry
from bench.planning.order import round_seed
from bench.planning.run_options import RunOptions
from bench.worker.wire.requests import ClaimRequest


def check_claims(say: Callable[[str], None]) -> list[ClaimFinding]:
    """Check every claim of the suite against what is installed.

    Raises ``InterpreterFailed`` when the measured interpreter does not start.
    """
    claims = registry.claims()
    plan = plan_session(
        choose([registry.suite().default]), RunOptions(seed=1, layers=(1,)), "quick"
    )
    say("importing the framework ...")
    with started(plan) as ready:
        panel = plan.panels[0]
        jobs = [
            Job(
                module,
                ClaimRequest(
                    claim=module,
                    architecture=plan.architectures[panel.architecture or ""],
                    device=plan.device_of(plan.cells()[0]),
                    seed=round_seed(plan, 0),
                    threads=plan.threads,
                ),
                plan.first_environment,
            )
            for module in claims
        ]
        with ZygotePool(plan, ready.interpreters) as zygotes:
            observed = observe(plan, jobs, zygotes)
    return [
        claim_finding(module.rpartition(".")[2], text, each.outcome, ready.found.versions)
        for (module, text), each in zip(claims.items(), observed, strict=True)
    ]
