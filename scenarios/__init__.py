"""Questions about Keras models, one per file."""
