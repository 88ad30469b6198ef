"""``python -m bench``."""

import sys

# The current folder comes first otherwise, and a random.py in it in place of Python's own.
sys.path.append(sys.path.pop(0))

from bench.cli import main

main()
