"""The notes for Keras: reproductions show what they claim, and patches apply and mend it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from tests.docs.markdown import ROOT, blocks, read

NOTES = Path("docs/upstream")
SHOWN = {
    "quadratic_build.md": ["32 layers: inline 32 calls, add 528, from_config 528"],
    "superseded_nodes.md": ["32 layers: inline retains 32 nodes, add 528"],
    "stale_predict.md": [
        "after add: call (1, 3), predict (1, 4)",
        "after pop and add: call (1, 2), predict (1, 4)",
    ],
}
MENDED = {
    "quadratic_build.md": (
        "sequential_extends_itself.patch",
        ["32 layers: inline 32 calls, add 32, from_config 32"],
    ),
    "superseded_nodes.md": (
        "sequential_extends_itself.patch",
        ["32 layers: inline retains 32 nodes, add 32"],
    ),
    "stale_predict.md": (
        "sequential_forgets_its_functions.patch",
        [
            "after add: call (1, 3), predict (1, 3)",
            "after pop and add: call (1, 2), predict (1, 2)",
        ],
    ),
}


def reproduction(note: str) -> str:
    (block,) = [each for each in blocks(read(NOTES / note)) if each.language == "python"]
    return block.text


def printed(code: str, path: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A copy of the installed Keras for each patch, with the patch: where it is imported from."""
    found = {}
    for patch in sorted((ROOT / NOTES).glob("*.patch")):
        folder = tmp_path_factory.mktemp(patch.stem)
        shutil.copytree(Path(keras.__file__).parent, folder / "keras")
        subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True)
        found[patch.name] = str(folder)
    return found


@pytest.mark.parametrize("note", SHOWN)
def test_reproduction_shows_what_the_note_says(note: str) -> None:
    code = reproduction(note)
    assert printed(code)[-len(SHOWN[note]) :] == SHOWN[note]
    for line in SHOWN[note]:
        assert f"`{line}`" in re.sub(r"\s+", " ", read(NOTES / note))


@pytest.mark.parametrize("note", MENDED)
def test_proposed_change_mends_it(note: str, copies: dict[str, str]) -> None:
    patch, lines = MENDED[note]
    assert printed(reproduction(note), copies[patch])[-len(lines) :] == lines


def test_reproductions_are_short() -> None:
    for note in (ROOT / NOTES).glob("*.md"):
        assert len(reproduction(note.name).splitlines()) < 30, note


def test_trained_models_keep_more_than_built_ones() -> None:
    built, trained = printed(reproduction("memory_after_clear_session.md"))
    kept = [float(re.findall(r"keep (-?[\d.]+) MiB", line)[0]) for line in (built, trained)]
    assert kept[1] > kept[0] + 1
