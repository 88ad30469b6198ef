"""Sleeping until another process changes a word of shared memory: the kernel's futex."""

from __future__ import annotations

import ctypes
import platform
import time

_NUMBERS = {"x86_64": 202, "aarch64": 98}
"""The system call ``futex``, which the C library does not wrap."""

_WAIT, _WAKE = 0, 1
_EVERYBODY = (1 << 31) - 1
_POLL_S = 0.002

_libc = ctypes.CDLL(None, use_errno=True)


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Futex:
    """A 32-bit word at the beginning of ``memory``, which must be shared and stay mapped."""

    def __init__(self, memory: object) -> None:
        self._word = ctypes.c_uint32.from_buffer(memory)  # type: ignore[arg-type]
        self._call = _NUMBERS.get(platform.machine())

    @property
    def value(self) -> int:
        """The word."""
        return self._word.value

    def wait(self, value: int, timeout_s: float) -> None:
        """Sleep while the word is ``value``, until ``wake`` or for ``timeout_s``; maybe shorter."""
        if self._call is None:
            time.sleep(_POLL_S)
            return
        limit = _Timespec(int(timeout_s), int(timeout_s % 1 * 1e9))
        _libc.syscall(
            self._call, ctypes.byref(self._word), _WAIT, value, ctypes.byref(limit), None, 0
        )

    def wake(self, value: int) -> None:
        """Make the word ``value``, 32 bits, and wake all who wait."""
        self._word.value = value
        if self._call is not None:
            _libc.syscall(self._call, ctypes.byref(self._word), _WAKE, _EVERYBODY, None, None, 0)
