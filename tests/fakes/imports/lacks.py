"""Needs a module that is not installed."""

from __future__ import annotations

import no_such_thing  # type: ignore[import-not-found]  # noqa: F401
