"""Numbers and sentences in words."""
