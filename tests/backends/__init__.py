"""Keras on JAX and on PyTorch, in an environment that has either: tox's ``jax`` and ``torch``."""
