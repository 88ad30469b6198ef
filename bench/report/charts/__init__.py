"""Charts of findings, one kind per file."""
