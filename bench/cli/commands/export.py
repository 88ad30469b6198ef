"""``bench export``: a run as files for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import option_types, options
from bench.cli.errors import WrongRequest
from bench.report.exports.registry import EXPORTERS
from bench.store.locate import locate


@click.command("export")
@options.run_argument
@click.option(
    "--format",
    "formats",
    type=option_types.NAMES,
    required=True,
    help=f"File formats: {', '.join(EXPORTERS)}.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for a file of each format. [default: standard output, one format]",
)
@options.runs_folder
def command(run: str, formats: tuple[str, ...], output: Path | None, runs: Path) -> int:
    """Write the findings of RUN for other programs. CSV has a row for each comparison.

    Example: bench export latest --format csv > comparisons.csv
    """
    from bench.planning.registry import known
    from bench.runs.view import run_view

    exporters = [EXPORTERS[known(name, "format", EXPORTERS)] for name in dict.fromkeys(formats)]
    if output is None and len(exporters) > 1:
        raise WrongRequest("several formats do not fit in standard output: add --output FOLDER")
    view = run_view(locate(run, runs))
    for exporter in exporters:
        content = exporter.render(view)
        if output is None:
            click.echo(content, nl=False)
            continue
        output.mkdir(parents=True, exist_ok=True)
        path = output / f"{view.findings.run}{exporter.suffix}"
        path.write_bytes(content)
        click.echo(path)
    return 0
