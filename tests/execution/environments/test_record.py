"""The record of an environment is there as a whole or not at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.execution.environments import uv
from bench.execution.environments.made import RECORD, cache_folder, made, made_of
from bench.execution.environments.uv import CannotInstall
from bench.planning.requirements import requirement_set


@pytest.fixture(autouse=True)
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands of an installer that makes a Python, and nothing that it could run."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found: list[str] = []

    def run(words: Sequence[str], say: uv.Say = lambda line: None, requirements: str = "") -> str:
        found.append(words[0])
        if words[0] == "venv":
            python = Path(words[-1], "bin", "python")
            python.parent.mkdir(parents=True)
            python.touch(mode=0o755)
        return ""

    monkeypatch.setattr(uv, "run", run)
    return found


@contextmanager
def files_end_after(size: int) -> Iterator[None]:
    """While this lasts nothing is written beyond ``size`` bytes of a file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def make() -> str:
    return made("new", requirement_set("tensorflow==1.0"), ["tensorflow"], lambda line: None)


def test_environment_whose_record_could_not_be_written_is_made_anew(called: list[str]) -> None:
    with files_end_after(20), pytest.raises(CannotInstall, match=r"cannot be made: .*too large"):
        make()
    assert not list(cache_folder().rglob(f"*{RECORD}*"))
    python = make()
    assert made_of(python) == {"requirements": "tensorflow==1.0"}
    assert called == ["venv", "pip"] * 2
    assert make() == python
    assert called == ["venv", "pip"] * 2
