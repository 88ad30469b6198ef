"""A finished run: concluded, calibrated, written for TensorBoard."""
