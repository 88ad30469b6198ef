"""``bench claims``: checks common claims about build styles against the installed version."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion
from bench.planning import registry

if TYPE_CHECKING:
    from bench.analysis.evidence.claims import ClaimFinding


@click.command("claims")
@click.argument("run", required=False, metavar="[RUN]", shell_complete=completion.RUN)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(run: str | None, out: Path | None, as_json: bool) -> int:
    """Check common claims about the two build styles against the installed version. With RUN, the
    verdicts are stored with that run.

    Example: bench claims
    """
    from bench.cli.printing import print_tables
    from bench.report.tables.claims import claim_tables
    from bench.store.locate import RUNS, locate

    folder = locate(run, out or RUNS) if run is not None else None
    found = _checked()
    documents = [each.model_dump() for each in found]
    if folder is not None:
        folder.write_claims(documents)
    if as_json:
        click.echo(json.dumps({"schema": 1, "claims": documents}, indent=2))
    else:
        print_tables(claim_tables(found))
    return 0


def _checked() -> list[ClaimFinding]:
    from bench.analysis.evidence.claims import claim_finding
    from bench.doctor.machine import resources
    from bench.execution.passes.observe import observe
    from bench.execution.processes.dispatcher import Job
    from bench.execution.processes.environment import survey
    from bench.execution.processes.interpreter import Interpreter
    from bench.execution.processes.requests import launch_spec
    from bench.planning.build import RunOptions, compose
    from bench.planning.order import round_seed
    from bench.planning.presets import PRESETS
    from bench.worker.wire.requests import ClaimRequest

    machine = resources()
    wishes = RunOptions(
        seed=1,
        cores=machine.cores,
        free_memory_bytes=machine.memory_bytes,
        layers=(1,),
    )
    default = registry.suite().default
    scenarios = {default: registry.scenarios()[default]}
    claims = registry.claims()
    plan = compose(scenarios, PRESETS["quick"], wishes, sys.executable)
    click.echo("importing the framework ...", err=True)
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        versions = survey(interpreter, plan).versions
        jobs = [
            Job(
                module,
                ClaimRequest(
                    claim=module,
                    architecture=plan.architectures[plan.panels[0].architecture or ""],
                    device=plan.panels[0].device,
                    seed=round_seed(plan, 0),
                    threads=plan.threads,
                ),
            )
            for module in claims
        ]
        observed = observe(plan, jobs, interpreter)
    return [
        claim_finding(module.rpartition(".")[2], text, each.outcome, versions)
        for (module, text), each in zip(claims.items(), observed, strict=True)
    ]
