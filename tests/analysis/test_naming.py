"""How source files are written in an explanation: wherever they lie."""

from __future__ import annotations

import pytest

from bench.analysis.evidence.naming import short_file


@pytest.mark.parametrize(
    ("file", "short"),
    [
        ("/venv/lib/python3.11/site-packages/keras/src/a.py", "keras/src/a.py"),
        ("/usr/lib/python3/dist-packages/keras/src/a.py", "keras/src/a.py"),
        ("/opt/python/lib/python3.11/inspect.py", "inspect.py"),
        ("/opt/python/lib/python3.11/json/encoder.py", "json/encoder.py"),
        ("models/mine.py", "models/mine.py"),
    ],
)
def test_place_of_an_installation_is_left_out(file: str, short: str) -> None:
    assert short_file(file) == short
