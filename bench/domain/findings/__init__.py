"""What a run, an explanation and a calibration conclude: types only, read and written as JSON."""
