"""Measure, and read what was measured, from programs and notebooks."""
