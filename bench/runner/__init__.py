"""Carries out plans: starts interpreters, goes through rounds, reports what happened."""
