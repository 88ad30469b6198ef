"""How often the instrument is wrong, on work whose truth is known."""
