"""How long measured code sleeps, for it and for those who look for it."""

from __future__ import annotations

SLEEP_S = 1.5
