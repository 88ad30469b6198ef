"""Are two arms the same program? Compared level by level, from their words to their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice

SHOWN = 12
"""Lines of a difference that are shown."""

StructureLevels = Mapping[str, Sequence[str]]
"""Level → lines in canonical form, from the model's own words to the last bit of its outputs."""


@dataclass(frozen=True)
class Structure:
    """How an arm compares with the baseline, at the levels that both have.

    ``same`` and ``different`` name levels; ``first`` is the first that differs, and ``difference``
    shows it. ``same_program`` says whether the compiled programs agree, in which case nothing that
    runs them can differ.
    """

    same: tuple[str, ...]
    different: tuple[str, ...]
    first: str | None
    difference: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether no level differs."""
        return not self.different

    @property
    def same_program(self) -> bool:
        """Whether what is compiled is the same, whatever the models say of themselves."""
        return "program" in self.same


def compare_structure(arm: StructureLevels, baseline: StructureLevels) -> Structure:
    """``arm`` compared with ``baseline``; levels that only one has are left out."""
    shared = [level for level in baseline if level in arm]
    different = [level for level in shared if list(arm[level]) != list(baseline[level])]
    first = different[0] if different else None
    difference: tuple[str, ...] = ()
    if first is not None:
        lines = unified_diff(baseline[first], arm[first], "baseline", "arm", lineterm="", n=1)
        difference = tuple(islice(lines, 2, 2 + SHOWN))
    return Structure(
        same=tuple(level for level in shared if level not in different),
        different=tuple(different),
        first=first,
        difference=difference,
    )
