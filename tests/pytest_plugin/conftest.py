"""A directory to run pytest in; the modules that use it load the plugin ``pytester``."""

from __future__ import annotations

import os

import pytest

from tests.pytest_plugin.sessions import HEAD, ROOT, Sessions, declaration


@pytest.fixture
def sessions(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """A directory with the scenario file ``fakes.py``: two arms, two depths."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    monkeypatch.setenv("COLUMNS", "250")
    made = Sessions(pytester)
    made.write("fakes.py", HEAD + declaration("fakes", "good", "unbuilt"))
    return made
