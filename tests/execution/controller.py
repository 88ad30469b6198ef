"""A controller to be killed: measures what is missing in the run folder it is given."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder

if __name__ == "__main__":
    execute_run(RunFolder(Path(sys.argv[1])), Listener())
