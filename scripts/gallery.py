"""Measures models of many kinds in every call mode, and makes the tables of docs/gallery.md.

    python scripts/gallery.py                        every model
    python scripts/gallery.py vae 'ResNet*'          some models
    python scripts/gallery.py --since 20261126T1400  those not measured since then: goes on
    python scripts/gallery.py --within 15m           as many as begin in that time

Of keras.applications, some models are arms of one run; each other one is a run of its own. With
``--update`` a run is stored as soon as it has ended, in results/gallery.json, and the page is
written. Ends with 1 where a call mode fails that does not fail on the page.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from bench import Arm, open_run
from bench.domain import status
from bench.domain.findings.run import Findings
from bench.planning.written import parse_duration
from bench.report.text.formatting import approximate_duration
from bench.report.text.versions import machine
from scenarios.gallery.models import APPLICATIONS, MODELS, SMALL
from scripts.gallery_page import (
    CALL_MODES,
    Cell,
    Measured,
    Notes,
    cells_of,
    read,
    replacing,
    times,
    write,
)

LARGEST = ("ConvNeXtXLarge",)
"""Models of which two at a time need more memory than small machines have, when they train."""

TOGETHER = 4
"""Models of keras.applications in one run, which share its baseline."""


class Asked(NamedTuple):
    """What is asked for: models, call modes, and options of each ``bench run``."""

    models: Sequence[str]
    call_modes: Sequence[str]
    since: str
    within_s: float
    options: Sequence[str]
    update: bool


def main() -> int:
    """Measure what is asked for, and say what fails that should not."""
    asked, began = asked_for(sys.argv[1:]), time.monotonic()
    stored = read()
    found: tuple[Measured, ...] = ()
    problems: list[str] = []
    later: list[str] = []
    for models, call_modes in runs(stored, asked):
        if time.monotonic() - began > asked.within_s:
            later += models
            continue
        try:
            new = measured(models, call_modes, asked.options)
        except subprocess.CalledProcessError as error:
            problems.append(f"{', '.join(models)}: bench run ended with {error.returncode}")
            continue
        sys.stderr.write(f"{', '.join(models)}: {approximate_duration(total_s(new))}\n")
        for each in new:
            problems += unexpected(stored, each)
            found = replacing(found, each)
            if asked.update:
                # What is stored by now: another call may have measured other models meanwhile.
                write(replacing(read(), each))
    if later:
        sys.stderr.write(f"not begun: {', '.join(later)}\n")
    sys.stdout.write(f"{times(found, MODELS, Notes())}\n")
    sys.stdout.writelines(f"{line}\n" for line in problems)
    return 1 if problems else 0


def asked_for(arguments: Sequence[str]) -> Asked:
    """What ``arguments`` ask for; ends the program where they cannot be understood."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("models", nargs="*", help="names or patterns [default: all]")
    parser.add_argument("--call-mode", default=",".join(CALL_MODES), help="[default: all]")
    parser.add_argument(
        "--since", default="", metavar="YYYYMMDDTHHMM", help="leave out what was measured since"
    )
    parser.add_argument("--within", default="24h", help="begin none after [default: 24h]")
    parser.add_argument("--rounds", default="1", help="of each run [default: 1]")
    parser.add_argument("--budget", default="45s", help="for rounds after the first [default: 45s]")
    parser.add_argument("--timeout", default="15m", help="of an invocation [default: 15m]")
    parser.add_argument("--update", action="store_true", help="store it, and write the page")
    asked = parser.parse_args(arguments)
    patterns = asked.models or ["*"]
    for pattern in patterns:
        if not any(fnmatchcase(model, pattern) for model in MODELS):
            parser.error(f"no model is called {pattern!r}: {', '.join(MODELS)}")
    limits = {name: getattr(asked, name) for name in ("rounds", "budget", "timeout")}
    return Asked(
        models=[model for model in MODELS if any(fnmatchcase(model, each) for each in patterns)],
        call_modes=asked.call_mode.split(","),
        since=asked.since,
        within_s=parse_duration(asked.within),
        options=[word for name, value in limits.items() for word in (f"--{name}", value)],
        update=asked.update,
    )


def runs(stored: Iterable[Measured], asked: Asked) -> list[tuple[list[str], list[str]]]:
    """The models of each run, and the call modes that they are to be measured in."""
    found: list[tuple[list[str], list[str]]] = []
    for model in asked.models:
        call_modes = left(stored, model, asked.call_modes, asked.since)
        if not call_modes:
            continue
        models, of_last = found[-1] if found else ([], [])
        may_share = all(each in APPLICATIONS and each not in LARGEST for each in (*models, model))
        if may_share and of_last == call_modes and len(models) < TOGETHER:
            models.append(model)
        else:
            found.append(([model], call_modes))
    return found


def left(
    stored: Iterable[Measured], model: str, call_modes: Iterable[str], since: str
) -> list[str]:
    """The call modes that ``model`` was not measured in ``since`` then, if that is not empty."""
    recent = [each for each in stored if since and each.model == model and each.run >= since]
    return [mode for mode in call_modes if not any(mode in each.cells for each in recent)]


def measured(
    models: Sequence[str], call_modes: Sequence[str], options: Sequence[str]
) -> list[Measured]:
    """Measure ``models``. Raises ``CalledProcessError`` where ``bench run`` has no findings."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bench", "run", "--quick", "--replicates", "1", *options]
    command += ["--schedule", "solo", "--no-report", "--call-mode", ",".join(call_modes)]
    for model in models:
        command += ["--arm", f"{model}={written(MODELS[model])}"]
        command += [word for each in MODELS[model].inputs for word in ("--input", each)]
    if models[0] in APPLICATIONS:
        # The baseline is measured twice, and evidence of a thousand layers takes long.
        command += ["--arm", f"small={written(SMALL)}", "--baseline", "small"]
        command += ["--batch", "2", "--no-evidence"]
    if models[0] in LARGEST:
        command += ["--jobs", "1"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*command, "--out", folder], stdout=subprocess.DEVNULL, cwd=folder)
        if done.returncode not in (0, 3):
            raise subprocess.CalledProcessError(done.returncode, command)
        findings = open_run("latest", folder).findings
    seconds = (time.monotonic() - began) / len(models)
    return [measured_in(findings, model, call_modes, seconds) for model in models]


def total_s(new: Iterable[Measured]) -> float:
    """Seconds that the run of ``new`` took."""
    return sum(each.seconds for each in new)


def written(arm: Arm) -> str:
    """``arm`` as ``--arm`` takes it: ``module:function(name=value, ...)``."""
    arguments = ", ".join(f"{key}={value!r}" for key, value in arm.arguments.items())
    return f"{arm.builder}({arguments})" if arguments else arm.builder


def measured_in(
    findings: Findings, model: str, call_modes: Iterable[str], seconds: float
) -> Measured:
    """What ``findings`` show of ``model``, whose part of the run took ``seconds``."""
    known = findings.environment
    return Measured(
        model=model,
        run=findings.run,
        setting=(
            f"{known['date']}, TensorFlow {known['tensorflow']}, Keras {known['keras']}, "
            f"{machine(known)}"
        ),
        seconds=seconds,
        invented=tuple(each.text for each in findings.invented if model in each.arms),
        cells={mode: _cell(findings, model, mode) for mode in call_modes},
    )


def _cell(findings: Findings, model: str, call_mode: str) -> Cell:
    cell, phases = (model, call_mode), findings.lifecycles[call_mode]
    costs = {
        each.phase: each for each in findings.timed_cells if (each.arm, each.call_mode) == cell
    }
    first = costs.get(phases.time_to_first_output or "")
    later = costs.get(phases.repeats or "")
    failed = [each for each in findings.failures if (each.arm, each.call_mode) == cell]
    failure = failed[0] if failed and later is None else None
    return Cell(
        rounds=first.rounds if first else 0,
        first=first.value if first else None,
        later=later.value if later else None,
        kind=failure.kind if failure else None,
        reason=failure.reason if failure else None,
    )


def unexpected(stored: Iterable[Measured], new: Measured) -> Iterator[str]:
    """A line for each call mode that fails in another way than it did when it was ``stored``.

    One that was never measured may be unavailable.
    """
    before = cells_of(stored, new.model)
    for mode, cell in new.cells.items():
        usual = before[mode].kind if mode in before else status.UNAVAILABLE
        if cell.kind not in (None, usual):
            yield f"{new.model}, {mode}: {cell.kind}: {cell.reason}"


if __name__ == "__main__":
    sys.exit(main())
