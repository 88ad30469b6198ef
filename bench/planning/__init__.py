"""From names and options to a frozen plan."""
