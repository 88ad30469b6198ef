"""What each cell cost, and what else a run shows besides comparisons."""
