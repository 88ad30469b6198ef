"""Charts as the page holds them: what they say in words, and where their numbers stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from markupsafe import Markup

from bench.report.html.compact import svg_address
from bench.report.tables.break_even import BREAK_EVEN
from bench.report.tables.environments import ENVIRONMENTS

_ACROSS = (ENVIRONMENTS, BREAK_EVEN)

_TABLES = {"ratios": "ratios", "series": "details"}
"""Where the numbers of a kind of chart stand, if not with those of the setting's other charts."""

_SECTIONS = {ENVIRONMENTS: "environments", BREAK_EVEN: "environments", "call_modes": "call-modes"}
"""The same for charts of several settings, if not in the table of all comparisons."""

_TITLE = re.compile(r"<dc:title>(.*?)</dc:title>", re.DOTALL)
_WIDTH = re.compile(r'<svg [^>]*?width="([0-9.]+)pt"')

WIDEST_PT = 744.0
"""Points that a chart is wide in the page, at most."""


@dataclass(frozen=True)
class Picture:
    """A chart in the page: what it shows, in words and as an address that holds all of it.

    ``numbers`` is the anchor of the table with what it draws, ``width`` how wide it is shown at
    most, in points: a chart that is drawn small is not blown up to the width of the page.
    """

    title: str
    address: Markup
    numbers: str
    width: float


def is_across(stem: str) -> bool:
    """Whether the chart of this name shows several environments."""
    return _kind(stem) in _ACROSS


def picture(path: Path, setting: str | None = None) -> Picture:
    """The SVG file at ``path`` with a chart of the ``setting`` with that anchor, or of several."""
    content = path.read_text(encoding="utf-8")
    title, width = _TITLE.search(content), _WIDTH.search(content)
    if setting is None:
        numbers = _SECTIONS.get(_kind(path.stem), "all")
    else:
        numbers = f"{_TABLES.get(_kind(path.stem), 'numbers')}-{setting}"
    return Picture(
        title=" ".join(unescape(title[1]).split()) if title else path.stem,
        address=Markup(svg_address(content)),
        numbers=numbers,
        width=min(float(width[1]), WIDEST_PT) if width else WIDEST_PT,
    )


def _kind(stem: str) -> str:
    return stem.rpartition("-")[2]
