"""Effects of arms, their intervals, and the verdicts read from them."""
