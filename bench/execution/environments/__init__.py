"""Environments that are made to be measured, of requirements and sources; uv installs them."""
