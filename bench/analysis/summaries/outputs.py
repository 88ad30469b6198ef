"""Whether what is compared answers alike: the ways to call one model, and the models of arms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import COMPILED_FACT, FactFinding
from bench.domain.findings.evidence import OutputsOutcome
from bench.domain.panel import Cell

NOT_COMPILED = "not at all"


@dataclass(frozen=True)
class CellOutputs:
    """What the model of one cell answers, or why that is not known."""

    cell: Cell
    outputs: OutputsOutcome | None
    failed: str | None

    @property
    def place(self) -> tuple[str, str | None, str]:
        """What its arm is compared within."""
        panel = self.cell.panel
        return panel.scenario, panel.architecture, panel.backend


def compiled_facts(found: Sequence[CellOutputs]) -> Iterator[FactFinding]:
    """How each model is compiled: by its builder, by the suite, or not at all."""
    for each in found:
        if each.outputs is not None:
            value = compiled_text(each.outputs)
            yield FactFinding(**each.cell.fields(), name=COMPILED_FACT, value=value)


def compiled_text(outputs: OutputsOutcome) -> str:
    """``by the builder (Adam, mse)``."""
    if not outputs.compiled_with:
        return NOT_COMPILED
    who = "the builder" if outputs.by_builder else "the suite"
    return f"by {who} ({outputs.compiled_with})"


def outputs_warnings(
    found: Sequence[CellOutputs], baselines: Mapping[str, str]
) -> tuple[ResultWarning, ...]:
    """A warning for each call mode and each arm whose outputs are not those it is compared with.

    ``baselines`` has the baseline of each scenario.
    """
    texts: dict[str, dict[str, None]] = {}
    for each in found:
        base = next((other for other in found if _is_baseline(other, each, baselines)), each)
        for text in (*_between_call_modes(each), *_between_arms(each, base)):
            texts.setdefault(text, {})[_where(each, found)] = None
    return tuple(
        ResultWarning(kind="outputs", text=": ".join(filter(None, (", ".join(where), text))))
        for text, where in texts.items()
    )


def _is_baseline(other: CellOutputs, each: CellOutputs, baselines: Mapping[str, str]) -> bool:
    return other.place == each.place and other.cell.arm == baselines[other.place[0]]


def _where(each: CellOutputs, found: Sequence[CellOutputs]) -> str:
    """The scenario and the architecture, where there are several."""
    among = [other.cell.panel for other in found]
    several = [
        name
        for name in ("scenario", "architecture")
        if len({getattr(panel, name) for panel in among}) > 1
    ]
    return " ".join(str(getattr(each.cell.panel, name)) for name in several)


def _between_call_modes(each: CellOutputs) -> Iterator[str]:
    if each.outputs is None:
        return
    arm, differing, first = each.cell.arm, each.outputs.differing, each.outputs.first
    if first in differing:
        yield (
            f"two calls of {arm} on the same input give different outputs ({differing[first]}): it "
            "draws random numbers or keeps a state, so its call modes cannot be checked for doing "
            "the same work"
        )
        return
    for call_mode, how in differing.items():
        yield (
            f"{call_mode} of {arm} gives other outputs than {first} on the same input ({how}): "
            "these call modes do different work"
        )


def _between_arms(each: CellOutputs, base: CellOutputs) -> Iterator[str]:
    if base is each:
        return
    mine, theirs = each.outputs, base.outputs
    arm, baseline = each.cell.arm, base.cell.arm
    if mine is None or theirs is None:
        lacking = each if mine is None else base
        yield f"the outputs of {arm} and {baseline} are not compared: {lacking.failed}"
        return
    if not mine.shapes or not theirs.shapes:
        return
    if theirs.first in theirs.differing or mine.first in mine.differing:
        return
    if mine.shapes != theirs.shapes:
        yield (
            f"the outputs of {arm} are {' and '.join(mine.shapes)}, those of {baseline} "
            f"{' and '.join(theirs.shapes)}: what is compared does not compute the same"
        )
        return
    tolerance = max(mine.tolerance, theirs.tolerance)
    if _alike(mine.sample, theirs.sample, tolerance):
        return
    text = f"{arm} and {baseline} give different outputs on the same input under the same seed: "
    if mine.equal_sample and _alike(mine.equal_sample, theirs.equal_sample, tolerance):
        yield f"{text}their weights begin with other values, and with equal ones they answer alike"
    else:
        yield f"{text}what is compared does not compute the same"


Sample = Sequence[float | str]


def _alike(mine: Sample, theirs: Sample, tolerance: float) -> bool:
    """Whether two samples differ by no more than ``tolerance`` of the largest value."""
    if len(mine) != len(theirs):
        return False
    pairs = list(zip(mine, theirs, strict=True))
    numbers = [
        (one, other)
        for one, other in pairs
        if isinstance(one, (int, float)) and isinstance(other, (int, float))
    ]
    texts = [(one, other) for one, other in pairs if (one, other) not in numbers]
    largest = max((abs(other) for _, other in numbers), default=0.0)
    return all(one == other for one, other in texts) and all(
        abs(one - other) <= tolerance * largest for one, other in numbers
    )
