"""The processes of a measured interpreter: the zygote, and each invocation."""
