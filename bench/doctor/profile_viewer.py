"""Can profiles be looked at here? TensorBoard drops a viewer that does not load, without a word."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, version

INSTALL = 'pip install "xprof>=2.24.2"'
"""What installs the viewer; versions known to work are those of ``constraints/``."""

_FORMER = "tensorboard-plugin-profile"
_PLUGINS = "tensorboard_plugins"
_LOADS_S = 120
_LOAD = """
import argparse, logging, sys
logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
from importlib.metadata import entry_points
from tensorboard.plugins.base_plugin import TBContext
[entry] = entry_points(group="tensorboard_plugins", name="profile")
loader = entry.load()()
options = argparse.ArgumentParser()
options.add_argument("--logdir", default="/nowhere")
loader.define_flags(options)
flags = options.parse_args([])
if loader.load(TBContext(flags=flags, logdir=flags.logdir)) is None:
    sys.exit("its loader gives up")
"""


@dataclass(frozen=True)
class Viewer:
    """The profile viewer that is installed, if any; ``problem`` is why it does not work."""

    found: str
    problem: str | None = None

    @property
    def advice(self) -> str:
        """What to do about the problem, if there is one."""
        return "" if self.problem is None else f"to look at profiles: {INSTALL}"


def viewer() -> Viewer:
    """Load the viewer as TensorBoard does, in a process of its own; takes seconds."""
    plugins = entry_points(group=_PLUGINS, name="profile")
    names = [f"{name} {found}" for name in ("xprof", _FORMER) if (found := _version(name))]
    if not plugins:
        return Viewer(", ".join(names) or "not installed", "TensorBoard has no Profile tab")
    if len(plugins) > 1:
        return Viewer(", ".join(names), f"two viewers are in each other's way: remove {_FORMER}")
    try:
        loaded = subprocess.run(
            [sys.executable, "-c", _LOAD],
            capture_output=True,
            text=True,
            timeout=_LOADS_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Viewer(", ".join(names), f"does not load within {_LOADS_S} s")
    if loaded.returncode:
        said = [line for line in loaded.stderr.splitlines() if line.strip()]
        reason = said[-1] if said else f"exit code {loaded.returncode}"
        return Viewer(", ".join(names), f"does not load: {reason}")
    return Viewer(", ".join(names))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
