"""A run as TensorBoard shows it: one file for each kind of thing that is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.analysis.samples.distributions import Distribution, WarmUp
from bench.report.run_view import RunView
from bench.report.tensorboard.event_files import remove_events
from bench.report.tensorboard.hparams import write_trials
from bench.report.tensorboard.scalars import write_curves
from bench.report.tensorboard.text_and_images import write_pages


def write_tensorboard(
    view: RunView,
    distributions: Sequence[Distribution],
    warm_ups: Sequence[WarmUp],
    charts: Sequence[Path],
    directory: Path,
) -> None:
    """Write what TensorBoard shows of a run below ``directory``; profiles stay as they are.

    ``curves``: one run for each arm, with its costs, intervals and samples against layers, and its
    warm-up against calls. ``trials``: one run for each cell, for the HParams views. ``report``: the
    verdicts and the environment as text, and ``charts`` (PNG files) as images.
    """
    remove_events(directory, view.findings)
    write_curves(view.findings, distributions, warm_ups, directory)
    write_trials(view, directory)
    write_pages(view.findings, charts, directory)
