"""Passes that observe cells without a clock."""
