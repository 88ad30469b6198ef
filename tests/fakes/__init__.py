"""Fake frameworks, builders, lifecycles and plans that tests measure instead of the real ones."""
