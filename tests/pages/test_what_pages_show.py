"""What the pages show is carried out, from top to bottom, in a folder in which only that is.

The README has a test of its own among the quick ones, and so have the notes in docs/upstream.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.command import run, start
from tests.docs.markdown import (
    ROOT,
    Block,
    bench_arguments,
    blocks,
    commands_of,
    file_name_of,
    named_files,
    read,
)

TUTORIAL = Path("docs/tutorial.md")

PAGES = [
    page
    for page in sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
    if page.parent.name != "upstream"
    and any(block.language in ("sh", "python") for block in blocks(read(page)))
]

SMALL = {
    "calibrate": ["--experiments", "1", "--rounds", "2", "--blocks", "2"],
    "doctor --fidelity": ["--rounds", "2"],
    "run": ["--rounds", "1", "--timeout", "20m"],
}
DEPTHS = {"explain": ["--layers", "2,3,4"], "run": ["--layers", "2,3"]}
"""What is added to a command so that it ends within a minute or two; depths where it has some."""

SMALL_TASKS = {"gallery": ["--within", "0.001s"], "torture": ["--trials", "3"]}
"""The same for tasks of tox."""

LACKING = "install it there"
"""What a command with ``--backend`` says where that is not installed."""

LITTLE = """
import bench

def small(measure=bench.measure, **given):
    return measure(**{**given, "layers": [2, 3], "rounds": 1})

bench.measure = small
"""
"""Comes before a Python block, so that it ends within a minute."""


@pytest.fixture(scope="session")
def some_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run, the ``latest`` of pages that do not measure one first."""
    folder = tmp_path_factory.mktemp("some")
    done = run(small(["run", "build_style", "--quick"]), folder)
    assert done.returncode == 0, done.stderr
    (found,) = (folder / "results" / "runs").iterdir()
    return found


@pytest.fixture
def folder(tmp_path: Path, some_run: Path) -> Path:
    """Where a reader is who has done what the tutorial says, and has the published results."""
    for name, content in named_files(read(TUTORIAL)).items():
        (tmp_path / name).write_text(content)
    shutil.copytree(some_run, tmp_path / "results" / "runs" / some_run.name)
    (tmp_path / "results" / "published").symlink_to(ROOT / "results" / "published")
    return tmp_path


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_the_page_shows_works(page: Path, folder: Path) -> None:
    for block in blocks(read(page)):
        if block.language == "python":
            execute_python(block, folder)
        elif block.language == "sh":
            for words in commands_of(block):
                execute(words, folder)


def execute_python(block: Block, folder: Path) -> None:
    """Store a block that names its file, and run a scenario in it; execute any other."""
    name = file_name_of(block)
    if name is not None:
        (folder / name).write_text(block.text)
        if "Scenario(" in block.text:
            succeed(small(["run", name, "--quick"]), folder)
        if "sys.exit" in block.text:
            gate = subprocess.run([sys.executable, name], cwd=folder, check=False)
            assert gate.returncode in (0, 1)
        return
    done = subprocess.run(
        [sys.executable, "-c", LITTLE + block.text],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def execute(words: Sequence[str], folder: Path) -> None:
    """Carry out a command as it is shown, but in a small way."""
    arguments = bench_arguments([*words])
    if arguments is None:
        execute_task(words, folder)
    elif arguments[0] in ("tensorboard", "watch"):
        serve(arguments, folder)
    else:
        given = small(arguments)
        if given[0] == "new":
            (folder / given[1]).unlink(missing_ok=True)
        output = succeed(given, folder)
        if ">" in words:
            (folder / words[words.index(">") + 1]).write_text(output)


def small(arguments: list[str]) -> list[str]:
    """``arguments`` with what makes them small; no test opens a window on somebody's screen."""
    added = next((SMALL[name] for name in SMALL if " ".join(arguments).startswith(name)), [])
    is_scenario = len(arguments) > 1 and arguments[1] != "latest" and "--arm" not in arguments[1:3]
    if "--layers" in arguments or is_scenario:
        added = [*added, *DEPTHS.get(arguments[0], [])]
    return [*(word for word in arguments if word != "--open"), *added]


def succeed(arguments: list[str], folder: Path) -> str:
    """The output of a command that works, or says what this machine lacks for it."""
    done = run(arguments, folder)
    if done.returncode == 2:
        assert "--backend" in arguments, (arguments, done.stderr)
        assert LACKING in done.stderr, (arguments, done.stderr)
        return ""
    # With 1, the doctor says that the machine is no good one.
    good = (0, 1) if arguments[0] == "doctor" else (0,)
    assert done.returncode in good, (arguments, done.stderr)
    assert done.stdout.strip()
    return done.stdout


def serve(arguments: list[str], folder: Path) -> None:
    """Start a server, and end it once it says where it is."""
    with start(arguments, folder) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("http://127.0.0.1:")
        finally:
            server.kill()


def execute_task(words: Sequence[str], folder: Path) -> None:
    """A script of the repository, whose results go to ``folder``."""
    task = words[words.index("-e") + 1] if "-e" in words else words[0]
    if task == "scripts/test":
        results = folder / "results"
        added = ["--bench-rounds", "1", "--bench-out", str(results / "runs")]
        added += ["--benchmark-json", str(results / "benchmark.json")]
    else:
        added = SMALL_TASKS[task]
        added = added if "--" in words else ["--", *added]
    done = subprocess.run([*words, *added], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (shlex.join(words), done.stdout[-2000:], done.stderr[-2000:])
