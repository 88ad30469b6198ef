"""Never ends to be imported."""

from __future__ import annotations

import time

while True:
    time.sleep(1)
