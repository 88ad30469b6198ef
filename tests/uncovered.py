"""Processes whose coverage is not measured, since they are asked to end.

An exception that a signal raises while coverage holds its lock leaves it held: the process hangs.
"""

from __future__ import annotations

UNCOVERED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""Environment variables of such a process."""
