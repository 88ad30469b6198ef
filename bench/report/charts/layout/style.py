"""How charts look: one colour, marker and line per arm in every chart, fonts, and grey for notes.

Colours are seaborn's ``colorblind`` palette, which follows Okabe and Ito, *Color universal design*
(2008). The arms of ``build_style`` keep theirs in every run; the first arm whose name ends like one
of theirs, as ``extend_inline`` does, takes it where it is free; other arms take what is left, in
alphabetical order of their names. The placebo is grey.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.typing import LineStyleType

from bench.domain.findings.run import Findings
from bench.report.views import sweeps

INK = "#262626"
NOTE = "#6b6b6b"
FAINT = "#d9d9d9"
PLACEBO = "#949494"

SMALL, BODY, TITLE = 8.0, 9.0, 13.0
"""Font sizes in points."""

LONGEST_NAME = 28
"""Characters of an arm's name that fit next to a chart."""


@dataclass(frozen=True)
class Style:
    """The colour, marker and line that stand for one idea."""

    color: str
    marker: str
    line: LineStyleType


@dataclass(frozen=True)
class ArmStyle:
    """How an arm is drawn; ``name`` is its name, shortened in the middle if it is long."""

    name: str
    look: Style


STYLES = {
    "inline": Style("#0173b2", "o", "-"),
    "incremental": Style("#d55e00", "s", "-"),
    "incremental_deferred": Style("#029e73", "^", (0, (3, 1, 1, 1))),
    "functional": Style("#cc78bc", "P", (0, (1, 1))),
    "incremental_no_rebuild": Style("#56b4e9", "v", (0, (4, 1, 1, 1, 1, 1))),
}
SPARE = (
    Style("#de8f05", "D", (0, (5, 1.5))),
    Style("#ca9161", "X", (0, (6, 1, 2, 1))),
    Style("#3d3d3d", "p", (0, (2, 2))),
    Style("#a3194f", "h", (0, (8, 2))),
)
PLACEBO_LOOK = Style(PLACEBO, "*", (0, (2, 1)))

ArmStyles = dict[str, ArmStyle]


def arm_styles(findings: Findings) -> ArmStyles:
    """The style of every arm of a run, measured or failed."""
    found = sweeps(findings)
    arms = dict.fromkeys(arm for sweep in found for arm in sweep.arms)
    placebos = {arm for sweep in found for arm in sweep.placebos}
    looks = {arm: STYLES[arm] for arm in arms if arm in STYLES}
    looks |= dict.fromkeys(placebos, PLACEBO_LOOK)
    for arm in arms:
        kin = next((STYLES[name] for name in STYLES if arm.endswith(f"_{name}")), None)
        if arm not in looks and kin is not None and kin not in looks.values():
            looks[arm] = kin
    others = sorted(arm for arm in arms if arm not in looks)
    free = [look for look in (*STYLES.values(), *SPARE) if look not in looks.values()]
    markers = [look.marker for look in free]
    for position, arm in enumerate(others):
        look = free[position % len(free)]
        again = position // len(free)
        looks[arm] = Style(look.color, markers[(position + again) % len(markers)], look.line)
    names = short_names(arms)
    return {arm: ArmStyle(names[arm], looks[arm]) for arm in arms}


def short_names(arms: Iterable[str]) -> dict[str, str]:
    """Names of at most ``LONGEST_NAME`` characters, different for different arms."""
    names: dict[str, str] = {}
    for arm in arms:
        for number in count(1):
            suffix = "" if number == 1 else f" ({number})"
            names[arm] = _shortened(arm, LONGEST_NAME - len(suffix)) + suffix
            if list(names.values()).count(names[arm]) == 1:
                break
    return names


def phase_colors(phases: Iterable[str]) -> dict[str, str]:
    """Shades from dark to light in the order of ``phases``, apart from the colours of arms."""
    names = list(phases)
    return dict(zip(names, sns.color_palette("mako", len(names)).as_hex(), strict=True))


def drawing() -> AbstractContextManager[None]:
    """The settings of matplotlib under which charts are drawn and written.

    The same findings give the same files: SVG identifiers come from a fixed salt, and text stays
    text.
    """
    settings: dict[Any, Any] = {
        **sns.axes_style("whitegrid"),
        **sns.plotting_context("paper"),
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.labelsize": BODY,
        "axes.titlesize": BODY + 1,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.unicode_minus": True,
        "font.family": ["sans-serif"],
        "font.sans-serif": ["DejaVu Sans", "Arial", "sans-serif"],
        "grid.color": "#ececec",
        "grid.linewidth": 0.8,
        "legend.fontsize": BODY,
        "legend.frameon": False,
        "savefig.dpi": 150,
        "svg.fonttype": "none",
        "svg.hashsalt": "bench",
        "text.color": INK,
        "text.parse_math": False,
        "xtick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.color": INK,
        "ytick.labelsize": SMALL,
    }
    return mpl.rc_context(settings)


def _shortened(name: str, length: int) -> str:
    if len(name) <= length:
        return name
    head = (length - 1) // 2
    return f"{name[:head]}…{name[head + 1 - length :]}"
