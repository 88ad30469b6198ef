"""``bench doctor``: is this machine fit to measure?"""

from __future__ import annotations

import dataclasses
import json
import secrets
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bench.analysis.calibration.fork_fidelity import RatioOverRounds
    from bench.doctor.machine import Check

_AGREEMENT = 0.05
_PRICE = 1 / 6
_OVERHEAD_S = 0.25
_FAULTS = 1000


@click.command("doctor")
@click.option(
    "--fidelity", is_flag=True, help="Compare forked with started processes, in a few minutes."
)
@click.option(
    "--rounds", type=click.IntRange(1), default=12, show_default=True, help="Rounds of --fidelity."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(fidelity: bool, rounds: int, as_json: bool) -> int:
    """Check cores, load, memory, kernel, versions and devices. With --fidelity, measure whether
    forked processes take as long as started ones.

    Example: bench doctor --fidelity
    """
    from bench.doctor.machine import checks

    found = list(checks())
    document: dict[str, Any] = {
        "schema": 1,
        "checks": [dataclasses.asdict(check) for check in found],
    }
    if not as_json:
        _print_checks(found)
    if fidelity:
        document["fidelity"] = _fidelity(rounds, as_json)
    if as_json:
        click.echo(json.dumps(document, indent=2))
    problem = any(check.level == "problem" for check in found)
    return 1 if problem or not document.get("fidelity", {}).get("holds", True) else 0


def _print_checks(found: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for check in found:
        colour = {"ok": "green", "note": "yellow", "problem": "red"}[check.level]
        table.add_row(f"[{colour}]{check.level}[/]", check.name, check.found, check.advice)
    Console().print(table, highlight=False)


def _fidelity(rounds: int, quiet: bool) -> dict[str, Any]:
    from statistics import median

    from bench.analysis.calibration.fork_fidelity import (
        corrected_ratio_over_rounds,
        ratio_over_rounds,
    )
    from bench.doctor.fork_fidelity import INVOCATIONS_PER_ROUND, measure
    from bench.worker.wire.requests import CellRequest

    size = INVOCATIONS_PER_ROUND
    lifecycle = CellRequest(
        builder="scenarios.builders:inline",
        architecture="scenarios.architectures:mlp",
        arguments={},
        architecture_arguments={},
        deferred=False,
        patch=None,
        lifecycle=None,
        inputs=(),
        call_mode="function",
        device="cpu",
        layers=16,
        batch=32,
        iterations=20,
        seed=0,
        threads=None,
    )

    def tell(number: int, seconds: float) -> None:
        click.echo(f"fidelity round {number + 1} of {rounds}: {seconds:.1f} s", err=True)

    seed = secrets.randbits(32)
    measured = measure(sys.executable, "tensorflow", lifecycle, rounds, seed, tell)
    started_ns = [one.started_ns * INVOCATIONS_PER_ROUND for one in measured]
    construct = corrected_ratio_over_rounds(
        [one.forked_construct for one in measured], [one.started_construct for one in measured]
    )
    side_by_side = ratio_over_rounds([one.side_by_side_ns for one in measured], started_ns)
    one_at_a_time = ratio_over_rounds([one.one_at_a_time_ns for one in measured], started_ns)
    overhead_s = median(ns for one in measured for ns in one.overhead_ns) / 1e9
    faults = median(count for one in measured for count in one.minor_faults)
    results = {
        "forked_to_started_construct": dataclasses.asdict(construct),
        "round_of_12_to_12_started": dataclasses.asdict(side_by_side),
        "round_of_12_one_at_a_time_to_12_started": dataclasses.asdict(one_at_a_time),
        "overhead_seconds": overhead_s,
        "minor_faults_in_construct": faults,
        "rounds": rounds,
        "holds": abs(construct.ratio - 1) <= _AGREEMENT
        and side_by_side.ratio < _PRICE
        and overhead_s <= _OVERHEAD_S
        and faults < _FAULTS,
    }
    if not quiet:
        click.echo(f"\nforked against started processes, 16-layer mlp, {rounds} rounds")
        for line in (
            f"construct, forked / started: {_ratio(construct)} (to agree: the estimate within 5 %)",
            f"price of a round of {size} forked, import included, two side by side "
            f"as the presets run it / {size} started: {_ratio(side_by_side)} "
            f"(to pay: below 1/6 = {_PRICE:.3f})",
            f"the same, forked one at a time: {_ratio(one_at_a_time)}",
            f"a forked invocation beyond its own phases: {overhead_s:.3f} s (at most 0.25 s)",
            f"minor faults in construct: {faults:.0f} (below {_FAULTS})",
        ):
            click.echo(f"  {line}")
    return results


def _ratio(ratio: RatioOverRounds) -> str:
    if ratio.low is None or ratio.high is None:
        return f"{ratio.ratio:.3f} (too few rounds for an interval: 6 are needed)"
    return f"{ratio.ratio:.3f}, 95 % interval {ratio.low:.3f} to {ratio.high:.3f}"
