"""The same scenarios as pytest-benchmark tests: the suite measures, pytest-benchmark reports."""
