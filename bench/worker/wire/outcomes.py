"""What comes of an invocation: one type for each pass, and the failure that any may end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from bench.domain.findings.evidence import (
    ClaimOutcome,
    FactsOutcome,
    Failure,
    GrowthOutcome,
    OutputsOutcome,
    ProfileOutcome,
    StructureOutcome,
    WorkOutcome,
)
from bench.domain.findings.timing import TimingOutcome


@dataclass(frozen=True)
class SequentialOutcome:
    """Times of each builder, in the order asked for."""

    wall_ns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class EnvironmentOutcome:
    """Versions of what is measured, and for each ``bad`` reference why it names nothing.

    ``populate`` says whether the kernel can prepare forked processes. ``changed`` is what the
    import of the references has changed of the settings of the whole process, in words.
    ``settings`` are those of the framework by the names of ``bench.domain.surroundings``, and
    ``set_at_import`` those, and the environment variables, that the import has changed. ``notes``
    are lines to tell the user. ``positional`` has the parameters of each reference that are given
    by place (see ``positional_parameters``). ``code`` has the digests of the files of
    measured code (see ``measured_code``).
    """

    versions: dict[str, str]
    populate: bool
    bad: dict[str, str]
    changed: str
    settings: dict[str, str]
    set_at_import: dict[str, str]
    notes: tuple[str, ...]
    positional: dict[str, tuple[str, ...]]
    code: dict[str, str]


Result = Union[
    TimingOutcome,
    StructureOutcome,
    WorkOutcome,
    GrowthOutcome,
    FactsOutcome,
    OutputsOutcome,
    ProfileOutcome,
    ClaimOutcome,
    SequentialOutcome,
    EnvironmentOutcome,
]
"""What a pass returns when it succeeds."""

Outcome = Union[Result, Failure]
