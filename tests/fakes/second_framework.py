"""The fake framework in another version, as a second backend of a run."""

from __future__ import annotations

from tests.fakes.framework import FakeFramework


class SecondFramework(FakeFramework):
    def versions(self) -> dict[str, str]:
        return {"fake": "2.0"}


def framework() -> SecondFramework:
    return SecondFramework()
