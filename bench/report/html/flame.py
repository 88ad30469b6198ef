"""The calls of a phase as a flame graph: what ``flame.js`` draws, an arm at a time."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from bench.domain.findings.explanation import CallTree, Explanation
from bench.domain.names import slug
from bench.report.html.data import script_data
from bench.report.tables.work import place


def flame(explanation: Explanation) -> Markup | None:
    """The call trees of ``explanation`` as JSON; None where there are none.

    ``trees`` are the arms, that with most calls first: ``arm``, ``layers``, ``calls`` in all,
    ``functions`` as name, place and whether their calls grow faster than the layers, and ``frames``
    as in ``CallTree``.
    """
    trees = sorted(explanation.call_trees, key=_calls, reverse=True)
    if not trees:
        return None
    return script_data(
        {
            "anchor": slug(*explanation.place),
            "phase": trees[0].phase,
            "trees": [_drawn(each) for each in trees],
        }
    )


def _calls(tree: CallTree) -> int:
    return tree.frames[0][3]


def _drawn(tree: CallTree) -> dict[str, Any]:
    return {
        "arm": tree.arm,
        "layers": tree.layers,
        "calls": _calls(tree),
        "functions": [
            [each.name, place(each) if each.file else "", at in tree.growing]
            for at, each in enumerate(tree.functions)
        ],
        "frames": [list(each) for each in tree.frames],
    }
