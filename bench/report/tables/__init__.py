"""Tables of findings."""
