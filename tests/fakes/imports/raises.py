"""Raises while it is imported."""

from __future__ import annotations

1 / 0  # noqa: B018
