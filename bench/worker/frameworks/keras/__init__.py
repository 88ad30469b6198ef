"""Keras on any backend: models, their inputs, targets and losses, and how they are trained."""
