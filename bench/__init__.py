"""Measures what a Keras model costs before and after its first answer."""

__version__ = "0.2.0.dev0"
