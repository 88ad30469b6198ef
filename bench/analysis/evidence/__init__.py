"""Why arms differ: exact counts and structure, without a clock."""
