"""All that runs inside a measured interpreter; standard library and framework only."""
