"""Builders that do what no builder should, by accident or not: each returns a model or raises."""
