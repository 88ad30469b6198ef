"""The run folder: the plan, one immutable part per round, and what was concluded."""
