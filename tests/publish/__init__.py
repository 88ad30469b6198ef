"""Tests of what renders findings."""
