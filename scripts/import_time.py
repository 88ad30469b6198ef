"""Prints how long commands that measure nothing take to start, next to a bare interpreter.

python scripts/import_time.py               the median of 20 starts of each
python scripts/import_time.py --starts 2    seconds
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

STARTED = {
    "bare interpreter": ["-c", ""],
    "import bench": ["-c", "import bench"],
    "bench --help": ["-m", "bench", "--help"],
    "bench list": ["-m", "bench", "list"],
}


def main() -> None:
    """A line for each; the last column is the ratio to the bare interpreter."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--starts", type=int, default=20, metavar="N")
    starts = parser.parse_args().starts
    seconds: dict[str, list[float]] = {name: [] for name in STARTED}
    # In turn, so that a machine that slows down slows all of them.
    for _ in range(starts):
        for name, arguments in STARTED.items():
            seconds[name].append(_start(arguments))
    bare = statistics.median(seconds["bare interpreter"])
    sys.stdout.write(f"{'':16s}       ms   ratio\n")
    for name, times in seconds.items():
        median = statistics.median(times)
        sys.stdout.write(f"{name:16s} {1000 * median:8.1f} {median / bare:7.2f}\n")


def _start(arguments: list[str]) -> float:
    """Seconds that an interpreter with ``arguments`` takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
