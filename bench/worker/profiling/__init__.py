"""What a profile needs beyond the framework's own profiler."""
