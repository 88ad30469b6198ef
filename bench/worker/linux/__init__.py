"""What the worker asks of the Linux kernel."""
