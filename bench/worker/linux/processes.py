"""Linux process control: children that die with their parent, orphans, resident memory."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, signal_number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process ``signal_number`` when its parent ends, however it ends.

    ``parent`` is the parent's process id as the child knows it from before: when it has gone
    already, the process ends here.
    """
    _prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)


def signal_name(number: int) -> str:
    """``SIGSEGV``; the number of one that has no name, as those for real time."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parents end, so that none can slip away."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, argument: int) -> None:
    if _libc.prctl(option, argument, 0, 0, 0):
        error = ctypes.get_errno()
        raise OSError(error, f"prctl({option}): {os.strerror(error)}")


def descendants(*ancestors: int, spared: Iterable[int] = ()) -> list[int]:
    """Process ids of every living process below ``ancestors``, at one moment.

    Left out are the ancestors themselves, and ``spared`` ones with all that is below them.
    """
    below: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            below.setdefault(_parent(int(name)), []).append(int(name))
    left_out = set(spared)
    found: list[int] = []
    generation = list(ancestors)
    while generation:
        children = [child for parent in generation for child in below.get(parent, ())]
        generation = [child for child in children if child not in left_out]
        found += generation
    return found


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def resident_bytes(pids: Iterable[int]) -> int:
    """Resident memory of the processes ``pids`` together, in bytes; those gone count nothing."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", "rb") as file:
                total += int(file.read().split()[1]) * _PAGE_BYTES
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def proportional_bytes(pids: Iterable[int]) -> int:
    """The same, with a page that several processes share counted as a part of each.

    Where the kernel does not say, every page counts. It takes milliseconds for a large process.
    """
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
                shares = [line.split()[1] for line in file if line.startswith(b"Pss:")]
            total += int(shares[0]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            continue
        except (OSError, IndexError):
            total += resident_bytes([pid])
    return total


def kill_group(leader: int) -> None:
    """Kill ``leader`` and its process group; quietly, when they have gone already."""
    for kill in (os.kill, os.killpg):
        try:
            kill(leader, signal.SIGKILL)
        except ProcessLookupError:
            continue


def kill_descendants(spared: set[int]) -> None:
    """Kill and reap all descendants of this process but ``spared`` and what is below those.

    Needs ``adopt_orphans``: what a killed process leaves behind comes to this process and is
    killed in the next turn.
    """
    while True:
        strangers = set(descendants(os.getpid(), spared=spared))
        for pid in strangers:
            kill_group(pid)
        if not _reap(strangers):
            return


def _reap(pids: set[int]) -> bool:
    reaped = False
    for pid in pids:
        try:
            os.waitpid(pid, 0)
            reaped = True
        except ChildProcessError:
            continue
    return reaped
