"""``bench doctor``: is this machine fit to measure?"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from bench.cli import option_types, options
from bench.cli.output import console, echo

if TYPE_CHECKING:
    from bench.analysis.calibration.fork_fidelity import RatioOverRounds
    from bench.doctor.fidelity import Fidelity
    from bench.doctor.machine import Check
    from bench.doctor.schedules import Agreements, EnvironmentAgreement, ScheduleAgreement


@click.command("doctor")
@click.option(
    "--fidelity",
    is_flag=True,
    help="Compare forked with started processes, and co-scheduled with solo ones, in minutes.",
)
@click.option(
    "--rounds", type=click.IntRange(1), default=12, show_default=True, help="Rounds of --fidelity."
)
@options.json_output
def command(fidelity: bool, rounds: int, as_json: bool) -> int:
    """Check cores, load, memory, kernel, versions and devices. With --fidelity, measure whether
    forked processes take as long as started ones, whether arms that share a core differ as much
    as arms that have it to themselves, and whether an arm takes as long in another interpreter.

    Example: bench doctor --fidelity
    """
    from bench.doctor.machine import checks

    if not fidelity:
        option_types.refuse_option("rounds", "only --fidelity measures rounds")
    found = list(checks())
    document: dict[str, Any] = {
        "schema": 1,
        "checks": [dataclasses.asdict(check) for check in found],
    }
    failed = any(check.level == "problem" for check in found)
    if not as_json:
        _print_checks(found)
    if fidelity:
        agreement = _check_fidelity(rounds)
        document["fidelity"] = _document(agreement)
        sharing = _check_schedules(rounds)
        document["schedules"] = [_agreement_document(each) for each in sharing.schedules]
        document["environments"] = [_agreement_document(each) for each in sharing.environments]
        failed = failed or not agreement.holds or not sharing.hold
        if not as_json:
            _print_fidelity(agreement)
            _print_schedules(sharing.schedules)
            _print_environments(sharing.environments)
    if as_json:
        click.echo(json.dumps(document, indent=2))
    return int(failed)


def _print_checks(found: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for check in found:
        colour = {"ok": "green", "note": "yellow", "problem": "red"}[check.level]
        table.add_row(Text(check.level, style=colour), check.name, check.found, check.advice)
    console().print(table)


def _check_fidelity(rounds: int) -> Fidelity:
    from bench.doctor.fidelity import check_fidelity
    from bench.planning.registry import suite

    def say(number: int, seconds: float) -> None:
        echo(f"fidelity round {number + 1} of {rounds}: {seconds:.1f} s", err=True)

    return check_fidelity(suite().reference, rounds, say)


def _document(found: Fidelity) -> dict[str, Any]:
    return {
        "forked_to_started_construct": dataclasses.asdict(found.construct),
        "round_of_12_to_12_started": dataclasses.asdict(found.side_by_side),
        "round_of_12_one_at_a_time_to_12_started": dataclasses.asdict(found.one_at_a_time),
        "overhead_seconds": found.overhead_s,
        "minor_faults_in_construct": found.minor_faults,
        "rounds": found.rounds,
        "holds": found.holds,
    }


def _print_fidelity(found: Fidelity) -> None:
    from bench.doctor.fidelity import MAX_DISAGREEMENT, MAX_FAULTS, MAX_OVERHEAD_S, MAX_PRICE
    from bench.doctor.fork_fidelity import INVOCATIONS_PER_ROUND
    from bench.domain.words import pluralise

    size = INVOCATIONS_PER_ROUND
    click.echo(f"\nforked against started processes, {pluralise(found.rounds, 'round')}")
    for line in (
        f"construct, forked / started: {_ratio(found.construct)} "
        f"(to agree: the estimate within {MAX_DISAGREEMENT:.0%})",
        f"price of a round of {size} forked, import included, two side by side as the presets run "
        f"it / {size} started: {_ratio(found.side_by_side)} (to pay: below {MAX_PRICE:.3f})",
        f"the same, forked one at a time: {_ratio(found.one_at_a_time)}",
        f"a forked invocation beyond its own phases: {found.overhead_s:.3f} s "
        f"(at most {MAX_OVERHEAD_S} s)",
        f"minor faults in construct: {found.minor_faults:.0f} (below {MAX_FAULTS})",
    ):
        click.echo(f"  {line}")


def _check_schedules(rounds: int) -> Agreements:
    from bench.doctor.schedules import check_schedules
    from bench.execution.processes.launch import this_python
    from bench.planning.registry import scenarios, suite

    def say(number: int, seconds: float) -> None:
        echo(f"schedules round {number + 1} of {rounds}: {seconds:.1f} s", err=True)

    return check_schedules(scenarios()[suite().default], rounds, this_python(), "tensorflow", say)


def _agreement_document(found: ScheduleAgreement | EnvironmentAgreement) -> dict[str, Any]:
    return {**dataclasses.asdict(found), "holds": found.holds}


def _print_schedules(schedules: list[ScheduleAgreement]) -> None:
    from bench.doctor.schedules import MAX_DISAGREEMENT
    from bench.report.text.formatting import at_layers

    click.echo(f"\nco-scheduled against solo invocations (to agree: within {MAX_DISAGREEMENT:.0%})")
    for found in schedules:
        where = at_layers(found.layers or None)
        click.echo(f"  {found.phase}{where}, {found.arm} / {found.baseline}")
        click.echo(f"    co-scheduled {_ratio(found.co_scheduled)}")
        click.echo(f"    solo {_ratio(found.solo)}")


def _print_environments(environments: list[EnvironmentAgreement]) -> None:
    from bench.doctor.schedules import MAX_DISAGREEMENT
    from bench.report.text.formatting import at_layers

    click.echo(
        "\nthe same arm in two interpreters of one environment, co-scheduled "
        f"(to agree: within {MAX_DISAGREEMENT:.0%} of 1, or not shown to differ)"
    )
    for found in environments:
        where = at_layers(found.layers or None)
        click.echo(f"  {found.phase}{where}, {found.arm}: {_ratio(found.ratio)}")


def _ratio(ratio: RatioOverRounds) -> str:
    if ratio.low is None or ratio.high is None:
        return f"{ratio.ratio:.3f} (too few rounds for an interval)"
    return f"{ratio.ratio:.3f}, 95 % interval {ratio.low:.3f} to {ratio.high:.3f}"
