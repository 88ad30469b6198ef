"""Gives a forked child its own copy of the memory it inherited, before any clock starts.

After a fork, the first write to each inherited page is a fault that copies it; left to happen
inside the measured code, these faults made constructing a model a third slower. Asking the kernel
to make the copies first (``MADV_POPULATE_WRITE``, Linux 5.14) takes them out of the measurement.

Of 240 MB that a child of TensorFlow inherits it writes to a sixth. To copy all of it takes as long
as a small model takes to build, trace and call. So a child that has copied pages as it went along
says which, and later ones are given copies of those only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import sys
from collections.abc import Iterable, Iterator

_MADV_POPULATE_WRITE = 23
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

_ENTRY_BYTES = 8
_FLAGS = _ENTRY_BYTES - 1 if sys.byteorder == "little" else 0
"""Which byte of what the kernel tells of a page holds the flags."""

_PRESENT = 0x80

_EXCLUSIVE = 0x01
"""Set for a page that no other process maps: a child's own copy of what it inherited."""

Range = tuple[int, int]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


_GONE = (errno.ENOMEM, errno.EFAULT, errno.EINVAL)

WORTH_LEARNING = 64
"""Pages that a child copies by itself, below which it does not tell: they take no time."""


class InheritedMemory:
    """The pages that children of this process inherit, and those that they are known to write to.

    A child that ``rehearses`` is given copies of none, so that it shows which it makes.
    """

    def __init__(self) -> None:
        self._all = list(_flagged(_private_writable(), _PRESENT))
        self._pages = set(_pages(self._all))
        self._written: set[int] = set()
        self._to_copy = self._all
        self._others: list[Range] = []

    def to_copy(self, rehearses: bool) -> list[Range]:
        """Address ranges to ``populate`` in a child: all, until one has rehearsed."""
        return [] if rehearses else self._to_copy

    def copied(self, rehearses: bool) -> list[Range]:
        """In a child: address ranges that it has copied by writing to them, and was not given.

        Empty where that is too little to be worth telling.
        """
        others = self._all if rehearses else self._others
        found = list(_flagged(others, _PRESENT | _EXCLUSIVE))
        pages = sum(high - low for low, high in found) // _PAGE_BYTES
        return found if pages >= WORTH_LEARNING else []

    def learn(self, copied: Iterable[Range]) -> None:
        """Give later children copies of these."""
        self._written.update(_pages(copied))
        self._to_copy = _ranges(self._written)
        self._others = _ranges(self._pages - self._written)


def populate_is_supported() -> bool:
    """Whether this kernel can populate mappings for writing."""
    return not _libc.madvise(None, 0, _MADV_POPULATE_WRITE)


def _flagged(ranges: Iterable[Range], flags: int) -> Iterator[Range]:
    """The parts of ``ranges`` for whose pages the kernel sets all ``flags``.

    Pages that were never touched are not present: they would fault in a directly started process
    too.
    """
    is_set = bytes(each & flags == flags for each in range(256))
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        for low, high in ranges:
            first, count = low // _PAGE_BYTES, (high - low) // _PAGE_BYTES
            entries = os.pread(pagemap.fileno(), count * _ENTRY_BYTES, first * _ENTRY_BYTES)
            for found in _RUN.finditer(entries[_FLAGS::_ENTRY_BYTES].translate(is_set)):
                yield low + found.start() * _PAGE_BYTES, low + found.end() * _PAGE_BYTES


_RUN = re.compile(b"\1+")


def _pages(ranges: Iterable[Range]) -> Iterator[int]:
    """The numbers of the pages in ``ranges``."""
    for low, high in ranges:
        yield from range(low // _PAGE_BYTES, high // _PAGE_BYTES)


def _ranges(pages: Iterable[int]) -> list[Range]:
    """The address ranges that ``pages`` make up."""
    found: list[Range] = []
    first = last = -1
    for page in sorted(pages):
        if page != last + 1:
            if first >= 0:
                found.append((first * _PAGE_BYTES, (last + 1) * _PAGE_BYTES))
            first = page
        last = page
    if first >= 0:
        found.append((first * _PAGE_BYTES, (last + 1) * _PAGE_BYTES))
    return found


def _private_writable() -> list[Range]:
    found = []
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            addresses, permissions = line.split(maxsplit=2)[:2]
            if permissions == "rw-p":
                low, high = (int(address, 16) for address in addresses.split("-"))
                found.append((low, high))
    return found


def populate(ranges: list[Range]) -> int:
    """Make this process's own copies of ``ranges``; returns the bytes populated.

    A range that has gone since it was listed is passed over, also where something that cannot be
    written has taken its place, such as the code of a module that was imported. Raises ``OSError``
    when the kernel refuses for another reason.
    """
    populated = 0
    for low, high in ranges:
        if _libc.madvise(low, high - low, _MADV_POPULATE_WRITE) == 0:
            populated += high - low
        elif ctypes.get_errno() not in _GONE:
            raise OSError(ctypes.get_errno(), f"madvise: {os.strerror(ctypes.get_errno())}")
    return populated
