"""Numbers and verdicts as words: durations, memory, ratios, intervals."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from bench.domain.findings.comparisons import ComparisonFinding, Growth, Verdict
from bench.domain.findings.run import Findings
from bench.domain.words import listing, pluralise

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
"""Keeps what belongs together on one line of a sentence, until ``wrapped`` makes it a space."""


class Unit(NamedTuple):
    """A unit to show a quantity in: ``size`` is one of it in seconds or bytes."""

    symbol: str
    size: float


SECONDS = (Unit("ns", 1e-9), Unit("µs", 1e-6), Unit("ms", 1e-3), Unit("s", 1.0))
BYTES = (Unit("B", 1.0), Unit("KiB", 1024.0), Unit("MiB", 1024.0**2), Unit("GiB", 1024.0**3))

VERSIONS = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "torch": "PyTorch",
    "python": "Python",
}
"""What an environment has the version of, as people write it."""

CONTROLS_FAILED = "controls failed: identical code was reported as different"
"""What stands above everything that a run shows whose controls failed."""

GROWS: dict[Growth, str] = {
    "constant": "does not grow",
    "linear": "grows linearly",
    "quadratic": "grows quadratically",
    "sublinear": "grows more slowly than the layers",
}
"""What an arm's cost does as layers are added; nothing is said where that is unresolved."""

GROW: dict[Growth, str] = {
    growth: phrase.replace("grows", "grow").replace("does", "do")
    for growth, phrase in GROWS.items()
}
"""What the costs of several arms do."""


def unit_for(value: float, units: Sequence[Unit] = SECONDS) -> Unit:
    """The largest unit in which ``value``, of three significant digits, is at least 1.

    Else the smallest.
    """
    fitting = [unit for unit in units if float(f"{abs(value) / unit.size:.3g}") >= 1]
    return fitting[-1] if fitting else units[0]


def duration(seconds: float) -> str:
    """``seconds`` with three significant digits in a fitting unit: ``194 ms``."""
    return _quantity(seconds, SECONDS)


def approximate_duration(seconds: float) -> str:
    """``seconds`` to be read at a glance: ``8 s``, ``12 min``, ``3 h``."""
    for limit, unit, size in ((90, "s", 1), (5400, "min", 60)):
        if seconds < limit:
            return f"{seconds / size:.{0 if seconds >= 9.5 * size else 1}f} {unit}"
    return f"{seconds / 3600:.1f} h"


def memory(size_bytes: float) -> str:
    """``size_bytes`` with three significant digits in a fitting binary unit: ``12.4 MiB``."""
    return _quantity(size_bytes, BYTES)


def memory_interval(low: float | None, high: float | None) -> str:
    """The interval of an amount of memory; a bound that is missing is infinite."""
    lower = f"{MINUS}∞" if low is None else memory(low)
    upper = "∞" if high is None else memory(high)
    return f"[{lower}, {upper}]"


def duration_with_interval(
    seconds: float, low: float | None, high: float | None
) -> tuple[str, str]:
    """A duration and its interval, both in the unit that fits the largest of the three.

    ``("141 µs", "[135, 148]")``; a bound that is missing is infinite.
    """
    unit = unit_for(max(abs(value) for value in (seconds, low, high) if value is not None))
    lower = f"{MINUS}∞" if low is None else significant(low / unit.size)
    upper = "∞" if high is None else significant(high / unit.size)
    interval = "[not bounded]" if low is None and high is None else f"[{lower}, {upper}]"
    return f"{significant(seconds / unit.size)} {unit.symbol}", interval


def ratio(value: float) -> str:
    """A ratio with two decimals, fewer above 10 and more below 0.1: ``3.88``, ``12.4``."""
    return f"{value:.{ratio_decimals(value)}f}"


def ratio_decimals(value: float) -> int:
    """How many decimals to show of a ratio and of the bounds of its interval."""
    for limit, decimals in ((100, 0), (10, 1), (0.1, 2), (0.01, 3)):
        if value >= limit:
            return decimals
    return 4


def significant(value: float, digits: int = 3) -> str:
    """``value`` in plain notation with ``digits`` significant digits."""
    if value == 0:
        return "0"
    exponent = int(f"{abs(value):.{digits - 1}e}".split("e")[1])
    text = f"{abs(value):.{max(digits - 1 - exponent, 0)}f}"
    return text if value > 0 else MINUS + text


def ratio_interval(finding: ComparisonFinding, decimals: int | None = None) -> str:
    """The interval of a ratio; a bound that is missing is 0 or ∞, or ``needs N rounds``."""
    low, high = finding.ratio_low, finding.ratio_high
    if low is None and high is None:
        return f"[{unbounded(finding)}]"
    if decimals is None:
        decimals = ratio_decimals(1.0 if finding.ratio is None else finding.ratio)
    lower = "0" if low is None else f"{low:.{decimals}f}"
    upper = "∞" if high is None else f"{high:.{decimals}f}"
    return f"[{lower},{NBSP}{upper}]"


def longer_run(findings: Findings) -> str:
    """What would give verdicts where the rounds were too few: ``--rounds 8 (about 40 s)``."""
    needed, each_s = findings.rounds_needed, findings.round_seconds
    if each_s and needed <= findings.planned_rounds:
        return f"--budget {math.ceil(1.2 * needed * each_s / 60)}m"
    time = f" (about {approximate_duration(needed * each_s)})" if each_s else ""
    return f"--rounds {needed}{time}"


def unbounded(finding: ComparisonFinding) -> str:
    """What stands in the place of an interval that the rounds so far cannot bound."""
    if finding.more_rounds is None:
        return "not bounded"
    return f"needs {finding.rounds + finding.more_rounds} rounds"


def mark(finding: ComparisonFinding) -> str:
    """One letter for a verdict, read with ``LEGEND``; small where the effect is too."""
    letters: dict[Verdict, str] = {
        "slower": "S",
        "faster": "F",
        "equivalent": "=",
        "unresolved": "?",
        "failed": "X",
    }
    letter = letters[finding.verdict]
    return letter.lower() if finding.within_margin else letter


def takes(finding: ComparisonFinding) -> tuple[str, str, str]:
    """How an arm's time compares, as amount, linking word and interval.

    ``("3.9 times as long", "as", "[3.7, 4.1]")`` or ``("12 % longer", "than", "[9 %, 15 %]")``.
    """
    value = finding.ratio
    if value is None:
        return "an unknown time", "compared with", ratio_interval(finding)
    if value >= 1.995 or value <= 0.5:
        decimals = min(ratio_decimals(value), 1) if value >= 1 else ratio_decimals(value)
        interval = ratio_interval(finding, decimals)
        return f"{value:.{decimals}f} times as long", "as", interval
    low, high = finding.ratio_low, finding.ratio_high
    if low is None and high is None:
        interval = ratio_interval(finding)
    elif value >= 1:
        upper = "∞" if high is None else percent(high - 1)
        interval = f"[{percent(-1 if low is None else low - 1)},{NBSP}{upper}]"
    else:
        lower = f"{MINUS}∞" if high is None else percent(1 - high)
        interval = f"[{lower},{NBSP}{percent(1 if low is None else 1 - low)}]"
    difference = "longer" if value >= 1 else "less time"
    return f"{percent(abs(value - 1))} {difference}", "than", interval


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` characters; tied words stay together."""
    lines = textwrap.wrap(text, width, break_on_hyphens=False)
    return [line.replace(NBSP, " ") for line in lines]


def tied(text: str) -> str:
    """``text`` whose numbers stay with their units, and intervals in one piece."""
    tied_units = re.sub(r"(?<=\d) (?=(?:%|ns|µs|ms|s|min|h|B|KiB|MiB|GiB)\b|%)", NBSP, text)
    return re.sub(r"\[[^\]]{1,30}\]", lambda match: match[0].replace(" ", NBSP), tied_units)


def margin_text(margin: float) -> str:
    """The equivalence margin: ``±5 %``."""
    return f"±{100 * margin:.3g}{NBSP}%"


def at_depths(depths: Sequence[int]) -> str:
    """`` at 4 and 16 layers``, with its leading space; nothing without depths."""
    if not depths:
        return ""
    return f" at {listing(map(str, depths))} {'layer' if list(depths) == [1] else 'layers'}"


def at_layers(layers: int | None) -> str:
    """`` at 64 layers``, with its leading space, or nothing where a panel has no depth."""
    if layers is None:
        return ""
    return f" at {pluralise(layers, 'layer')}"


def percent(value: float) -> str:
    """A part of 1 in percent: ``9.5 %``, ``29 %``."""
    size = abs(100 * value)
    return f"{MINUS * (value < 0)}{size:.{0 if size >= 9.5 else 1}f}{NBSP}%"


def _quantity(value: float, units: Sequence[Unit]) -> str:
    if value == 0:
        return f"0 {units[0].symbol}"
    unit = unit_for(value, units)
    return f"{significant(value / unit.size)} {unit.symbol}"
