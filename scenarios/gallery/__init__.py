"""Models of many kinds, as people have them. ``scripts/gallery.py`` measures each of them."""
