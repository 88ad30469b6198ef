"""What every test relies on."""

from __future__ import annotations

import signal

# A shell that runs the tests in the background has them, and all they start, ignore interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
