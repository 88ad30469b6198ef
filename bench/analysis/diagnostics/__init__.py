"""What the samples say about the measurement itself."""
