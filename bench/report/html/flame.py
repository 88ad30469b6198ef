"""The calls of a phase as a flame graph: what ``flame.js`` draws, an arm at a time."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from bench.domain.findings.explanation import CallTree, Explanation
from bench.domain.phases import READY
from bench.domain.words import listing
from bench.report.html.data import script_data
from bench.report.tables.work import place
from bench.report.text.formatting import at_layers


def flame(explanation: Explanation) -> Markup | None:
    """The call trees of ``explanation`` as JSON; None where there are none.

    ``title`` says what is drawn, and ``remark`` which arms make as many calls as the baseline.
    ``what`` is drawn is arms or environments, that with most calls first in ``trees``: ``arm``,
    ``calls`` in all, ``functions`` as name, place and whether their calls grow faster than the
    layers, and ``frames`` as in ``CallTree``.
    """
    trees = sorted(explanation.call_trees, key=_calls, reverse=True)
    if not trees:
        return None
    phase = trees[0].phase
    when = f"until {READY}" if phase == READY else f"of {phase}"
    return script_data(
        {
            "anchor": explanation.slug,
            "title": f"Calls {when}{at_layers(trees[0].layers or None)}, "
            f"{' · '.join(explanation.place)}",
            "remark": _left_out(explanation, phase),
            "what": "environment" if explanation.of_arm else "arm",
            "trees": [_drawn(each) for each in trees],
        }
    )


def _left_out(explanation: Explanation, phase: str) -> str:
    alike = [arm for arm, phases in explanation.same_work.items() if phase in phases]
    return f"As many calls as {explanation.baseline}: {listing(alike)}." if alike else ""


def _calls(tree: CallTree) -> int:
    return tree.frames[0][3]


def _drawn(tree: CallTree) -> dict[str, Any]:
    return {
        "arm": tree.arm,
        "calls": _calls(tree),
        "functions": [
            [each.name, place(each) if each.file else "", at in tree.growing]
            for at, each in enumerate(tree.functions)
        ],
        "frames": [list(each) for each in tree.frames],
    }
