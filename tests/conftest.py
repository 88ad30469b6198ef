"""What every test relies on."""

from __future__ import annotations

import os
import signal
import tempfile

# A shell that runs the tests in the background has them, and all they start, ignore interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The key by which runs are known as one's own is none of the user's who runs the tests. Commands
# remove abandoned folders whose names begin as the suite's own do: this one does not.
_STATE = tempfile.TemporaryDirectory(prefix="tests-of-keras-bench-")
os.environ["XDG_STATE_HOME"] = _STATE.name

# Sessions of pytest that tests start are no workers of the one that runs the tests.
for name in [each for each in os.environ if each.startswith("PYTEST_XDIST_")]:
    del os.environ[name]
