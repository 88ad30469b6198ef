"""Exports: a run as one file for other programs, a module for each format."""
