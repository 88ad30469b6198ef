"""Whether what is compared answers alike: the ways to call one model, and the models of arms."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import COMPILED_FACT, FactFinding
from bench.domain.findings.evidence import OutputsOutcome, OutputValues
from bench.domain.panel import Cell
from bench.domain.words import listing

NOT_COMPILED = "not at all"

_ARMS = "{arms}"
"""Where names of arms belong in a text."""


@dataclass(frozen=True)
class CellOutputs:
    """What the model of one cell answers, or why that is not known."""

    cell: Cell
    outputs: OutputsOutcome | None
    failed: str | None

    @property
    def place(self) -> tuple[str, str | None, int | None]:
        """What its arm is compared within."""
        panel = self.cell.panel
        return panel.scenario, panel.architecture, panel.layers

    @property
    def lacking(self) -> str | None:
        """Why nothing of it can be compared; None where something can."""
        if self.outputs is None:
            return self.failed or "no reason is known"
        return None if self.outputs.first else next(iter(self.outputs.missing.values()), None)


def compiled_facts(found: Sequence[CellOutputs]) -> Iterator[FactFinding]:
    """How each model is compiled: by its builder, by the suite, or not at all."""
    for each in found:
        if each.outputs is not None and each.outputs.compiled_with is not None:
            value = compiled_text(each.outputs.compiled_with, each.outputs.by_builder)
            yield FactFinding(**each.cell.fields(), name=COMPILED_FACT, value=value)


def compiled_text(compiled_with: str, by_builder: bool) -> str:
    """``by the builder (Adam, mse)``."""
    if not compiled_with:
        return NOT_COMPILED
    return f"by {'the builder' if by_builder else 'the suite'} ({compiled_with})"


def outputs_warnings(
    found: Sequence[CellOutputs], baselines: Mapping[str, str], failed: Collection[Cell] = ()
) -> tuple[ResultWarning, ...]:
    """A warning for each call mode and each arm whose outputs are not those it is compared with.

    Arms of which the same is to be said are named together. ``baselines`` has the baseline of each
    scenario. Of cells that ``failed`` in every invocation it is known that they give no outputs.
    """
    said: dict[_Remark, dict[str, list[CellOutputs]]] = {}
    for each in found:
        bases = [other for other in found if _is_baseline(other, each, baselines)]
        base = _of_environment(each, bases) or each
        for remark in (*_between_call_modes(each, failed), *_between_arms(each, base, failed)):
            said.setdefault(remark, {}).setdefault(each.cell.arm, []).append(each)
    warnings = []
    for remark, by_arm in said.items():
        arms: dict[str, list[str]] = {}
        for arm, told in by_arm.items():
            arms.setdefault(_places(told, found), []).append(arm)
        for where, names in arms.items():
            text = remark.text.replace(_ARMS, ", ".join(names))
            warnings.append(
                ResultWarning(kind=remark.kind, text=f"{where}: {text}" if where else text)
            )
    return tuple(warnings)


class _Remark(NamedTuple):
    """What is to be said of an arm, for whose name ``_ARMS`` may stand."""

    text: str
    kind: Literal["outputs", "outputs_not_compared"] = "outputs"


def _is_baseline(other: CellOutputs, each: CellOutputs, baselines: Mapping[str, str]) -> bool:
    return other.place == each.place and other.cell.arm == baselines[other.place[0]]


def _of_environment(each: CellOutputs, bases: Sequence[CellOutputs]) -> CellOutputs | None:
    """Of ``bases`` the one in the environment of ``each``, else the first; none for a baseline."""
    mine = (base for base in bases if base.cell.environment == each.cell.environment)
    return next(mine, None if each in bases else next(iter(bases), None))


def _places(told: Sequence[CellOutputs], found: Sequence[CellOutputs]) -> str:
    """Scenarios and architectures where there are several, and depths where not all are meant."""
    several = [
        name
        for name in ("scenario", "architecture")
        if len({getattr(each.cell.panel, name) for each in found}) > 1
    ]

    def depths_by_name(cells: Sequence[CellOutputs]) -> dict[str, set[int | None]]:
        depths: dict[str, set[int | None]] = {}
        for each in cells:
            name = " ".join(str(getattr(each.cell.panel, factor)) for factor in several)
            depths.setdefault(name, set()).add(each.cell.panel.layers)
        return depths

    compared = depths_by_name(found)
    places = []
    for name, depths in depths_by_name(told).items():
        layers = listing([str(depth) for depth in sorted(filter(None, depths))] or [""])
        noun = "layer" if layers == "1" else "layers"
        at = f"at {layers} {noun}" if depths != compared[name] else ""
        places.append(" ".join(filter(None, (name, at))))
    return ", ".join(filter(None, places))


def _between_call_modes(each: CellOutputs, failed: Collection[Cell]) -> Iterator[_Remark]:
    if each.outputs is None:
        return
    cell, differing, first = each.cell, each.outputs.differing, each.outputs.first
    if first in differing:
        yield _Remark(
            f"two calls of {cell.arm} on the same input give different outputs: it draws random "
            "numbers or keeps a state, so neither its call modes nor the arms can be checked for "
            "doing the same work"
        )
        return
    for call_mode, how in differing.items():
        yield _Remark(
            f"{call_mode} of {cell.arm} gives other outputs than {first} on the same input "
            f"({how}): these call modes do different work"
        )
    for call_mode, why in each.outputs.missing.items():
        of_mode = cell._replace(panel=cell.panel.model_copy(update={"call_mode": call_mode}))
        if first and of_mode not in failed:
            text = f"the outputs of {call_mode} and {first} of {cell.arm} are not compared: {why}"
            yield _Remark(text, "outputs_not_compared")


def _between_arms(
    each: CellOutputs, base: CellOutputs, failed: Collection[Cell]
) -> Iterator[_Remark]:
    if base is each:
        return
    baseline = base.cell.arm
    lacking = next((one for one in (each, base) if one.lacking is not None), None)
    if lacking is not None:
        if lacking.cell not in failed:
            text = f"the outputs of {_ARMS} are not compared with those of {baseline}: "
            yield _Remark(f"{text}{lacking.lacking}", "outputs_not_compared")
        return
    mine, theirs = each.outputs, base.outputs
    if mine is None or theirs is None or not mine.first or not theirs.first:
        return
    if theirs.first in theirs.differing or mine.first in mine.differing:
        return
    if mine.shapes != theirs.shapes:
        yield _Remark(
            f"the outputs of {_ARMS} are {listing(mine.shapes or ['nothing'])}, those of "
            f"{baseline} {listing(theirs.shapes or ['nothing'])}: what is compared does not "
            "compute the same"
        )
        return
    if _sizes(mine.values) != _sizes(theirs.values):
        text = f"the outputs of {_ARMS} are not compared with those of {baseline}: "
        why = "another version of the suite has stored them otherwise"
        yield _Remark(f"{text}{why}", "outputs_not_compared")
        return
    tolerance = max(mine.tolerance, theirs.tolerance)
    if _alike(mine.values, theirs.values, tolerance):
        return
    text = (
        f"the outputs of {_ARMS} differ from those of {baseline} on the same input under the same "
        "seed: "
    )
    if mine.equal_values and _alike(mine.equal_values, theirs.equal_values, tolerance):
        alike = "their weights have other values, and with equal ones they answer alike"
        yield _Remark(f"{text}{alike}")
    else:
        yield _Remark(f"{text}what is compared does not compute the same")


def _alike(mine: Sequence[OutputValues], theirs: Sequence[OutputValues], tolerance: float) -> bool:
    """Whether all outputs differ by no more than ``tolerance`` of their largest value."""
    return _sizes(mine) == _sizes(theirs) and all(
        _is_alike(one, other, tolerance) for one, other in zip(mine, theirs, strict=True)
    )


def _sizes(values: Sequence[OutputValues]) -> list[int]:
    return [len(each.sums) for each in values]


def _is_alike(one: OutputValues, other: OutputValues, tolerance: float) -> bool:
    if one.rest != other.rest:
        return False
    apart = max((abs(a - b) for a, b in zip(one.sums, other.sums, strict=True)), default=0.0)
    allowed = tolerance * max(one.largest, other.largest)
    return apart <= allowed * _errors_in_sum(max(one.summed, other.summed))


def _errors_in_sum(summed: int) -> float:
    """How many times the largest error of one value a sum of so many with random signs may have.

    Errors that are spread evenly up to the largest add up to more than three times the square root
    of their number with a probability of less than 3e-6 (their sum is sub-Gaussian with a third of
    the variance that Hoeffding 1963, theorem 2, allows).
    """
    return min(summed, 3 * math.sqrt(summed))
