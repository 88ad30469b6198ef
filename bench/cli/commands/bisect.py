"""``bench bisect``: the release or the commit that changed what a model is made of."""

from __future__ import annotations

import dataclasses
import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, option_types
from bench.cli.errors import WrongRequest
from bench.cli.output import echo
from bench.domain.names import shortened
from bench.domain.phases import CALL_MODES, TENSORFLOW
from bench.domain.words import pluralise

if TYPE_CHECKING:
    from bench.api.bisect import Candidate, Change
    from bench.domain.scenario import Arm


@click.command("bisect")
@click.argument(
    "target", required=False, metavar="[SCENARIO|FILE.py]", shell_complete=completion.SCENARIOS
)
@click.option("--package", help="The package. [default: that of --repo]")
@click.option("--from", "first", metavar="RELEASE", help="The first release, which is as before.")
@click.option("--to", "last", metavar="RELEASE", help="The last release that is looked at.")
@click.option(
    "--repo",
    "repository",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A checkout of git, whose commits are looked at instead.",
)
@click.option("--good", metavar="COMMIT", help="The first commit, which is as before.")
@click.option("--bad", metavar="COMMIT", default="HEAD", help="The last commit. [default: HEAD]")
@click.option(
    "--counter",
    default="calls",
    help="What is counted, as bench explain --json names it. [default: calls]",
)
@click.option("--growth", metavar="PHASE", help="Look at how the calls of a phase grow instead.")
@click.option(
    "--arm",
    "arm",
    required=True,
    metavar="NAME[=MODULE:FUNCTION]",
    help="The arm whose work is counted: one of the scenario, or a builder.",
)
@click.option(
    "--with",
    "others",
    multiple=True,
    metavar="REQUIREMENTS",
    help="What else to install, for example tensorflow==2.16.2; python==3.11 names the Python. "
    "Repeatable.",
)
@click.option("--layers", type=option_types.LAYERS, help="Depths to count at. [default: 4,8,16,32]")
@click.option(
    "--backend",
    type=click.Choice(tuple(CALL_MODES)),
    default=TENSORFLOW,
    show_default=True,
    help="The backend of Keras.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    target: str | None,
    package: str | None,
    first: str | None,
    last: str | None,
    repository: Path | None,
    good: str | None,
    bad: str,
    counter: str,
    growth: str | None,
    arm: str,
    others: tuple[str, ...],
    layers: tuple[int, ...] | None,
    backend: str,
    as_json: bool,
) -> int:
    """Find the release or the commit in which a count changed, by counting in about log₂ of them.

    Example: bench bisect --package keras --from 2.15 --to 3.15 --with python==3.11
    --counter inbound_nodes --arm incremental
    """
    from bench.api.bisect import Wanted, bisect
    from bench.api.planning import choose_or_default
    from bench.planning import registry
    from bench.planning.run_options import RunOptions

    further = " ".join(others)
    if growth is not None:
        option_types.refuse_option("counter", "--growth looks at the growth of calls")
    if repository is not None:
        for name in ("first", "last"):
            option_types.refuse_option(name, "--repo looks among commits")
        if good is None:
            raise WrongRequest("--repo needs --good, the commit that is as before")
        candidates = _commits(repository, good, bad, package, further)
    elif package and first and last:
        for name in ("good", "bad"):
            option_types.refuse_option(name, "--from and --to look among releases")
        candidates = _releases(package, first, last, further)
    else:
        raise WrongRequest("name --package, --from and --to, or --repo and --good")
    own: dict[str, Arm] = {}
    if "=" in arm:
        arm, own_arm = option_types.ARM.convert(arm, None, None)
        own = {arm: own_arm}
    options = RunOptions(arms=own, layers=layers, backends=(backend,))
    chosen = choose_or_default([target] if target else [], options)
    (_, scenario), *more = chosen.scenarios.items() or [("", None)]
    if more:
        raise WrongRequest(f"{target} has several scenarios: name a file with one")
    if scenario is not None and not own:
        registry.known(arm, "arm", scenario.arms)
    first_label, last_label = candidates[0].label, candidates[-1].label
    say(f"{pluralise(len(candidates), 'candidate')}: {first_label} to {last_label}")
    change = bisect(candidates, chosen, arm, Wanted(counter, growth), options, say)
    if as_json:
        click.echo(json.dumps({"schema": 1, **dataclasses.asdict(change)}, indent=2))
    else:
        echo(_told(change, arm, f"the growth of {growth}" if growth else counter))
    return 0


def say(line: str) -> None:
    """Print a line of progress."""
    echo(line, err=True)


def _releases(package: str, first: str, last: str, further: str) -> list[Candidate]:
    from bench.api.bisect import Candidate
    from bench.execution.environments.releases import releases
    from bench.planning.requirements import requirement_set

    python = requirement_set(f"{package}=={first} {further}").python
    return [
        Candidate(
            f"{package} {version}", partial(requirement_set, f"{package}=={version} {further}")
        )
        for version in releases(package, first, last, python, say)
    ]


def _commits(
    repository: Path, good: str, bad: str, package: str | None, further: str
) -> list[Candidate]:
    from bench.api.bisect import Candidate
    from bench.execution.environments.commits import commits, sources_at
    from bench.planning.requirements import RequirementSet, requirement_set

    package = package or _package_in(repository)

    def requirements(commit: str) -> RequirementSet:
        source = shlex.quote(f"{package}@{sources_at(repository, commit)}")
        return requirement_set(f"{source} {further}")

    return [
        Candidate(f"{each.hash} {shortened(each.subject)}", partial(requirements, each.hash))
        for each in commits(repository, good, bad)
    ]


def _package_in(repository: Path) -> str:
    """The package that the sources of a ``repository`` say they are."""
    try:
        import tomllib

        project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["name"])
    # Python 3.10 reads no TOML.
    except (ImportError, OSError, ValueError, KeyError) as error:
        raise WrongRequest(
            f"{repository} does not say which package it is: name --package"
        ) from error


def _told(change: Change, arm: str, what: str) -> str:
    """The answer, and what it rests on."""
    laws = f"from {change.before.law} to {change.after.law}"
    lines = [f"{change.after.label} changes {what} of {arm} {laws}"]
    if change.between:
        lines = [
            f"{what} of {arm} changes {laws} in {change.after.label}, or in one of these, which "
            f"cannot be counted: {', '.join(change.between)}"
        ]
    depths = ", ".join(map(str, change.after.depths))
    lines.append(f"counted at {depths} {'layer' if depths == '1' else 'layers'}:")
    for each in change.counted:
        values = ", ".join(f"{value:,}" for value in each.values)
        lines.append(f"  {each.label}: {each.law} ({values})")
    lines += [f"  {label}: {why}" for label, why in change.failed.items()]
    return "\n".join(lines)
