"""Which interpreter the tests of the worker measure, and in which one the suite is installed.

The environments ``worker39`` and ``wheel`` of tox.ini name others than the one that runs the tests.
"""

from __future__ import annotations

import os
import sys

MEASURED_PYTHON = os.environ.get("BENCH_MEASURED_PYTHON", sys.executable)
"""The Python that is measured where no framework is needed; it finds ``tests`` by itself."""

INSTALLED_PYTHON = os.environ.get("BENCH_INSTALLED_PYTHON")
"""The Python of a virtual environment that the suite is installed in; None where there is none."""
