"""What was made up of the data that models were called with, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bench.domain.findings.costs import InventedFinding
from bench.domain.words import listing


def invented_texts(
    invented: Sequence[InventedFinding], arms: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Of whom, and what: nobody is named where all ``arms`` are meant."""
    texts: dict[tuple[str, ...], dict[str, None]] = {}
    for each in invented:
        texts.setdefault(each.arms, {})[each.text] = None
    for given, found in texts.items():
        whose = "" if set(arms) <= set(given) else f" for {listing(given)}"
        yield whose, "; ".join(found)
