"""Ends its process while it is imported."""

from __future__ import annotations

import os
import sys

sys.stderr.write("first words\nlast words\n")
os._exit(5)
