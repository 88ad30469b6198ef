"""A run as TensorBoard shows it: one file for each kind of thing that is written."""
