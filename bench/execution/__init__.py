"""Carries out a plan: processes, rounds, and passes that observe without a clock."""
