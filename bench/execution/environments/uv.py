"""Calls uv, the installer, and says in one line why it could not do what it was asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence

from bench.domain.errors import BenchError

Say = Callable[[str], None]

_FOLLOWED = ("Downloading", "Building", "Installed")
_NO_REASON = ("Using", "Creating", "Resolved", "Downloading", "Building", "hint:")


class CannotInstall(BenchError, RuntimeError):
    """An environment cannot be made; the message has the reason that the installer gives."""


class DoNotGoTogether(CannotInstall):
    """What is required contradicts itself."""


def run(words: Sequence[str], say: Say = lambda line: None, requirements: str = "") -> str:
    """What uv prints when it is called with ``words``; it reads ``requirements``.

    ``say`` is told what takes long. Raises ``CannotInstall`` with the reason that uv gives; of
    requirements that contradict each other it is ``DoNotGoTogether``.
    """
    process = subprocess.Popen(
        [_program(), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    lines = []
    with process:
        try:
            process.stdin.write(requirements)
            process.stdin.close()
            # It prints little, and only when it is done: the pipe does not fill up.
            for line in process.stderr:
                lines.append(line.strip())
                if line.startswith(_FOLLOWED):
                    say(f"  {line.strip()}")
            printed = process.stdout.read()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        is_contradiction = any("No solution found" in line for line in lines)
        raise (DoNotGoTogether if is_contradiction else CannotInstall)(_reason(lines))
    return printed


def _program() -> str:
    found = shutil.which("uv")
    if found is not None:
        return found
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        raise CannotInstall(
            "requirements are installed with uv, which is not here: pip install uv, or give the "
            "path of a Python"
        ) from error


def _reason(lines: Iterable[str]) -> str:
    """What uv says at its end, without its ornaments."""
    said = " ".join(line for line in lines if line and not line.startswith(_NO_REASON))
    plain = re.sub(r"[│├╰─▶×]+ ?", "", said)
    return re.sub(r"\s+", " ", plain).strip().removeprefix("error: ") or "uv gives no reason"
