"""Modules that do not import, each in a way of its own."""
