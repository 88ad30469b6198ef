"""Where frameworks that write files for TensorBoard's profile viewer put them."""

from __future__ import annotations

import glob
import os

from bench.worker.frameworks.base import Unavailable


def written_files(folder: str) -> list[str]:
    """The files that a profiler has written below ``folder``, in order.

    Raises ``Unavailable`` when there is no profile among them.
    """
    pattern = os.path.join(folder, "plugins", "profile", "*", "*")
    paths = sorted(path for path in glob.glob(pattern) if os.path.isfile(path))
    if not any(path.endswith(".xplane.pb") for path in paths):
        raise Unavailable(f"the profiler wrote nothing into {folder}")
    return paths
