"""What the control group of this process may use, memory and processor time, and who died of it.

Both versions of control groups are read (https://docs.kernel.org/admin-guide/cgroup-v2.html and
cgroup-v1). A limit of any group above counts too. What a kernel or a container does not show is no
limit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple, Optional

_NO_LIMIT = 1 << 60
"""Version 1 has a number of about this size where memory has no limit."""


class Memory(NamedTuple):
    """The bytes that a group may use, and those that it uses and cannot give back."""

    limit_bytes: int
    used_bytes: int


class ControlGroup:
    """The control groups that the process of ``membership`` is in, mounted at ``root``."""

    def __init__(self, root: str = "/sys/fs/cgroup", membership: str = "/proc/self/cgroup") -> None:
        self._root = root
        self._paths = dict(_memberships(membership))

    def memory(self) -> Optional[Memory]:
        """The tightest limit of memory; None where there is none."""
        found = []
        for folder in self._folders("memory"):
            limit = _number(folder, "memory.max") or _number(folder, "memory.limit_in_bytes")
            used = _number(folder, "memory.current") or _number(folder, "memory.usage_in_bytes")
            if limit is not None and limit < _NO_LIMIT:
                cached = _entry(folder, "memory.stat", "inactive_file") or 0
                found.append(Memory(limit, max((used or 0) - cached, 0)))
        return min(found, key=lambda each: each.limit_bytes - each.used_bytes, default=None)

    def cpu_quota(self) -> Optional[float]:
        """How many cores' time there is, at the tightest; None where it is not limited."""
        quotas = []
        for folder in self._folders("cpu"):
            words = _text(folder, "cpu.max").split()
            if not words:
                words = [_text(folder, f"cpu.cfs_{each}_us") for each in ("quota", "period")]
            if len(words) == 2 and all(each.isdigit() and int(each) for each in words):
                quotas.append(int(words[0]) / int(words[1]))
        return min(quotas, default=None)

    def oom_kills(self) -> int:
        """How many processes the kernel has killed for the memory of this group, until now."""
        counts = []
        for folder in self._folders("memory"):
            for name in ("memory.events", "memory.oom_control"):
                counts.append(_entry(folder, name, "oom_kill") or 0)
        return max(counts, default=0)

    def _folders(self, controller: str) -> Iterator[str]:
        """Where ``controller`` is told of, from the own group up; also below a container's root."""
        for mounted, path in self._paths.items():
            if mounted and controller not in mounted.split(","):
                continue
            root = os.path.join(self._root, mounted) if mounted else self._root
            while True:
                yield os.path.join(root, path.strip("/"))
                if not path.strip("/"):
                    break
                path = os.path.dirname(path.rstrip("/"))


def _memberships(file: str) -> Iterator[tuple[str, str]]:
    """Names of controllers (empty in version 2) and the path of the group."""
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                _, controllers, path = line.rstrip("\n").split(":", 2)
                yield controllers, path
    except (OSError, ValueError):
        return


def _text(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def _number(folder: str, name: str) -> Optional[int]:
    text = _text(folder, name)
    return int(text) if text.isdigit() else None


def _entry(folder: str, name: str, key: str) -> Optional[int]:
    found = re.search(rf"^{key} (\d+)$", _text(folder, name), re.MULTILINE)
    return int(found[1]) if found else None
