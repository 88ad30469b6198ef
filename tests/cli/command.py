"""Runs ``bench`` as users do: in a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITH_FAKES = "tests.cli.with_fakes"


def start(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    module: str = "bench",
) -> subprocess.Popen[str]:
    """Start ``bench`` with ``arguments`` in ``folder``; its output is captured.

    ``module`` is executed in its place, such as ``WITH_FAKES``.
    ``PYTHONPATH`` in ``environment`` comes before the suite's own.
    """
    given = dict(environment or {})
    path = os.pathsep.join(filter(None, (given.pop("PYTHONPATH", ""), str(ROOT))))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, **given, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``bench`` with ``arguments`` in ``folder`` to its end."""
    with start(arguments, folder) as process:
        output, errors = process.communicate(timeout=500)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
