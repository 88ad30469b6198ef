"""Renders findings, one output per file; computes nothing."""
