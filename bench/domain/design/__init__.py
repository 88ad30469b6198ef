"""The design of a run: all that is decided before the first measurement."""
