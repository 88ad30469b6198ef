"""A controller to be killed: measures what is missing in the run folder it is given."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.runner.listener import Listener
from bench.runner.run import carry_out
from bench.store.folder import RunFolder

if __name__ == "__main__":
    carry_out(RunFolder(Path(sys.argv[1])), Listener())
