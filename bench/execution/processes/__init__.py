"""Measured interpreters and core-speed monitors, seen from the controller."""
