"""Samples in, findings out: pure functions, one idea per file."""
