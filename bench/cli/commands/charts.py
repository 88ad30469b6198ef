"""``bench charts``: draw the charts of a run again."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import completion, option_types
from bench.cli.errors import WrongRequest
from bench.store.locate import RUNS, locate

_FORMATS = ("svg", "png")


@click.command("charts")
@click.argument("run", metavar="RUN", shell_complete=completion.RUN)
@click.option(
    "--format",
    "formats",
    type=option_types.NAMES,
    default="png,svg",
    help="File formats. [default: png,svg]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of runs. [default: results/runs]"
)
def command(run: str, formats: tuple[str, ...], out: Path | None) -> int:
    """Analyse and draw RUN again from its stored samples.

    Example: bench charts latest --format svg
    """
    from bench.planning.registry import known
    from bench.report.charts.draw import draw_charts
    from bench.runs.conclude import conclude

    for name in formats:
        known(name, "format", _FORMATS)
    folder = locate(run, out or RUNS)
    findings = conclude(folder)
    folder.write_findings(findings)
    charts = draw_charts(findings, folder.path / "charts", formats)
    if not charts:
        raise WrongRequest(f"{folder.record.run} has no finished round: there is nothing to draw")
    for chart in charts:
        click.echo(chart)
    return 0
