"""What holds processes or files and must be closed: the one way to use it as a context manager."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import TypeVar

C = TypeVar("C", bound="Closeable")


class Closeable(ABC):
    """Closed at the end of its ``with`` block, or by ``close``."""

    @abstractmethod
    def close(self) -> None:
        """End everything that was started here; safe to call again."""

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
