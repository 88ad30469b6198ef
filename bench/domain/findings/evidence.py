"""What a pass without a clock returns: the evidence that an explanation or a profile rests on.

The worker makes these values, sends them, and the analysis reads them: nothing is translated. The
module needs the standard library of Python 3.9 only, since it runs in the measured interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Optional, Union


@dataclass(frozen=True)
class Failure:
    """An invocation without a result: its status, why, and the phase that it had reached."""

    kind: str
    reason: str
    phase: Optional[str] = None


class CodeLocation(NamedTuple):
    """A function by where it is defined; ``name`` is qualified."""

    file: str
    line: int
    name: str


class CallCount(NamedTuple):
    """Calls from one function to another, by their positions among the functions of the pass.

    ``within`` are the calls made within them and ``time_ns`` is their time, both of the outermost
    calls of ``callee`` only.
    """

    caller: int
    callee: int
    calls: int
    within: int
    time_ns: int


class CallTreeNode(NamedTuple):
    """Calls of a function with everything that led to them.

    ``parent`` is the position of the node that they are made from, ``function`` that of the
    function among those of the pass. ``within`` are all other calls made within these ``calls``.
    """

    parent: int
    function: int
    calls: int
    within: int


class PhaseCalls(NamedTuple):
    """All calls of Python functions in a phase, and who called whom.

    ``tree`` has the nodes with a part of all calls that can be seen, whoever begins first and each
    after its parent.
    """

    calls: int
    edges: tuple[CallCount, ...]
    tree: tuple[CallTreeNode, ...] = ()


@dataclass(frozen=True)
class GrowthOutcome:
    """What the growth pass counts; function 0 is whoever started the counting.

    ``failures`` are those of phases whose lifecycle went on.
    """

    functions: tuple[CodeLocation, ...]
    phases: dict[str, PhaseCalls]
    failures: tuple[Failure, ...] = ()


class TypeCount(NamedTuple):
    """How many objects of a type a phase retains."""

    type: str
    objects: int


class LineBytes(NamedTuple):
    """How many bytes a source line allocated that are retained."""

    file: str
    line: int
    bytes: int


class PhaseWork(NamedTuple):
    """Exact counts of a phase, the types of most retained objects, and lines that allocate most."""

    counters: dict[str, int]
    types: tuple[TypeCount, ...]
    lines: tuple[LineBytes, ...]


@dataclass(frozen=True)
class WorkOutcome:
    """What the work pass counts in each phase, and counters of the finished ``model``.

    ``missing`` counters of the model → why; ``failures`` as in ``GrowthOutcome``. ``invented`` says
    in words what the suite made up of the data that the model was called with. ``compiled_with``
    and ``by_builder`` are those of ``OutputsOutcome``.
    """

    phases: dict[str, PhaseWork]
    model: dict[str, int]
    missing: dict[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    invented: tuple[str, ...] = ()
    compiled_with: Optional[str] = None
    by_builder: bool = False


@dataclass(frozen=True)
class StructureOutcome:
    """Level of structure → lines of text in canonical form; ``missing`` levels → why."""

    levels: dict[str, tuple[str, ...]]
    missing: dict[str, str]


class OutputValues(NamedTuple):
    """What is stored of one output: numbers that depend on all of its values.

    ``sums`` are its numbers where they are few, with a ``summed`` of 1. Of many, each is a sum of
    at most ``summed`` of them, whose signs their places decide; every number is in one sum.
    ``largest`` is the largest of all numbers, without its sign. ``rest`` is a digest of what is no
    finite number: texts, or where there is NaN or an infinity; it is empty without such values.
    """

    sums: tuple[float, ...]
    summed: int
    largest: float
    rest: str


@dataclass(frozen=True)
class OutputsOutcome:
    """What a model answers in each call mode, all from the same inputs.

    ``compiled_with`` is empty for a model that is not compiled, and None for that of a lifecycle of
    its own, which compiles it as it likes; ``by_builder`` says that it came so. ``shapes`` and
    ``values`` are of the outputs of the call mode ``first``, which is empty where none has any.
    Values are alike that differ by no more than ``tolerance`` of the largest. ``differing`` says
    how the outputs of other call modes differ from those, and of ``first`` how those of a second
    call do. ``missing`` says why a call mode has none. ``equal_values`` are those of the model with
    weights that depend on their places and shapes alone; empty where it could not be given them.
    """

    compiled_with: Optional[str]
    by_builder: bool
    first: str
    shapes: tuple[str, ...]
    values: tuple[OutputValues, ...]
    tolerance: float
    differing: dict[str, str]
    missing: dict[str, str]
    equal_values: tuple[OutputValues, ...] = ()


@dataclass(frozen=True)
class FactsOutcome:
    """What a scenario's own lifecycle reports with its times, name → value.

    ``outputs`` are those of the model that it hands over.
    """

    facts: dict[str, Union[bool, int, float, str]]
    outputs: OutputsOutcome


@dataclass(frozen=True)
class ClaimOutcome:
    """The verdict on a claim, and the lines that it rests on."""

    verdict: Literal["supported", "refuted", "depends", "undetermined"]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class OperationTime:
    """How many operations of a kind ran on the ``host`` or ``device``, and their own time."""

    kind: str
    place: str
    count: int
    own_ns: int


@dataclass(frozen=True)
class Timeline:
    """Sums over the events of a captured profile, all times in nanoseconds.

    ``planes`` has the name and the number of events of each plane. ``phases_ns`` holds phases found
    as an outermost event of a thread, and ``steps_ns`` the steps. ``graph_building_ns`` is the part
    of ``trace`` that builds a graph, None where a framework has no such events. ``operations`` ran
    within the steps; ``busy_ns`` is how much of the steps the ``host`` and the ``device`` spent in
    at least one of them.
    """

    planes: tuple[tuple[str, int], ...]
    phases_ns: dict[str, int]
    steps_ns: tuple[int, ...]
    graph_building_ns: Optional[int]
    operations: tuple[OperationTime, ...]
    busy_ns: dict[str, int]


@dataclass(frozen=True)
class ProfileOutcome:
    """One lifecycle under the framework's profiler.

    ``phases_ns`` and, of the phase ``steps``, ``steps_ns`` are read from clocks of the process,
    ``timeline`` from the profile itself. ``profiler_ns`` is the time that the profiler takes to
    start, to stop and to read back what it wrote. ``marked`` calls of Python functions are in the
    profile, ``left_out`` are not. ``problems`` are the profiler's own complaints; ``files`` are the
    paths that it wrote, ``bytes`` in all.
    """

    bytes: int
    phases_ns: dict[str, int]
    steps: str
    steps_ns: tuple[int, ...]
    timeline: Timeline
    profiler_ns: int
    marked: int
    left_out: int
    problems: tuple[str, ...]
    files: tuple[str, ...] = ()


Explaining = Union[GrowthOutcome, WorkOutcome, StructureOutcome]
"""What explanations are concluded from."""
