"""What the kernel kills for the memory of its control group, for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import ROOT

MIB = 1 << 20

SCRIPT = """
import os, sys
from pathlib import Path
Path(sys.argv[1], "cgroup.procs").write_text(str(os.getpid()))
from bench.execution.resources import resources
from tests.fakes.requests import invoked
from tests.worker.test_zygote import start_zygote, timing
print(resources().memory_bytes)
with start_zygote() as interpreter:
    interpreter.wait_until_ready()
    for builder in ("allocates_without_end", "good"):
        outcome = invoked(interpreter, timing(builder)).outcome
        print(getattr(outcome, "kind", "ok"), getattr(outcome, "reason", ""))
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group with 300 MiB of memory."""
    version_1 = Path("/sys/fs/cgroup/memory")
    root = version_1 if version_1.exists() else Path("/sys/fs/cgroup")
    folder = root / f"bench-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    limit = folder / ("memory.limit_in_bytes" if root == version_1 else "memory.max")
    try:
        limit.write_text(str(300 * MIB))
        yield folder
    except OSError as error:
        pytest.skip(f"no control group can be limited here: {error}")
    finally:
        folder.rmdir()


def test_invocation_that_the_kernel_kills_for_memory_ran_out_of_it(group: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(group)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    usable, failed, good = done.stdout.splitlines()
    assert 0 < int(usable) < 300 * MIB
    assert failed == (
        "out_of_memory the kernel killed the process in construct: "
        "the memory of 300 MiB of its control group ran out"
    )
    assert good.strip() == "ok"
