"""How cost grows with depth."""
