"""The scripts that take the pictures of the docs take them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

from scripts import report_pictures, screenshots
from tests.browser.conftest import Served

CELL = "inline_vs_incremental-mlp-16"


def test_every_picture_of_the_docs_is_taken(served: Served, tmp_path: Path) -> None:
    options = ["--cell", CELL, "--out", str(tmp_path), "--settle", "1"]
    command = [sys.executable, screenshots.__file__, str(served.folder), *options]
    subprocess.run(command, check=True, timeout=200)
    pictures = {path.name for path in tmp_path.iterdir()}
    assert pictures == {path.name for path in screenshots.PICTURES.iterdir()}
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert picture.size == (1600, 900)


def test_every_picture_of_the_report_is_taken(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.report_pictures", "--out", str(tmp_path)]
    subprocess.run(command, check=True, timeout=200, cwd=screenshots.ROOT)
    pictures = {path.name for path in tmp_path.iterdir()}
    assert pictures == {path.name for path in report_pictures.PICTURES.iterdir()}
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert picture.width in (360, 1200)
