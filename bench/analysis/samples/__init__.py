"""From the table of samples to one cost for each cell, phase and round."""
