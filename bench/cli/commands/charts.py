"""``bench charts``: draw the charts of a run again."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import option_types, options
from bench.cli.errors import WrongRequest
from bench.store.locate import locate

_FORMATS = ("svg", "png")


@click.command("charts")
@options.run_argument
@click.option(
    "--format",
    "formats",
    type=option_types.NAMES,
    default="png,svg",
    help="File formats. [default: png,svg]",
)
@options.runs_folder
def command(run: str, formats: tuple[str, ...], runs: Path) -> int:
    """Analyse and draw RUN again from its stored samples.

    Example: bench charts latest --format svg
    """
    from bench.planning.registry import known
    from bench.report.charts.draw import draw_charts
    from bench.runs.conclude import conclude

    for name in formats:
        known(name, "format", _FORMATS)
    folder = locate(run, runs)
    findings = conclude(folder)
    folder.write_findings(findings)
    charts = draw_charts(findings, folder.path / "charts", formats)
    if not charts:
        raise WrongRequest(f"nothing of {folder.record.run} was measured: there is nothing to draw")
    for chart in charts:
        click.echo(chart)
    return 0
