"""Is this machine fit to measure, and does the instrument agree with itself here?"""
