"""Campaigns against the suite, seeded and of any length: short ones run with the tests.

``python -m tests.torture`` runs the long ones and prints what was tried and what came of it.
"""
