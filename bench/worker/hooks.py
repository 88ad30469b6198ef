"""What a pass may use of the process it runs in, and how it says that a cell cannot be measured."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional

from bench.domain.findings.timing import TimingOutcome

IMPORTING = "import"
"""Where an invocation is while it imports what its cell names: the builder's module and others."""

PREPARING = "preparation"
"""Where an invocation is between that and its first phase."""

END = "end"
"""What is aligned after the last phase: until then, no member of a group has the core to itself."""


class CannotMeasure(Exception):
    """A cell that cannot be measured, for a reason that is not an exception of its builder."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class ProcessHooks(NamedTuple):
    """What the process of an invocation offers to its pass.

    ``announce`` publishes the name of the phase that begins; ``quiesce`` brings memory and garbage
    collection to rest before the first clock starts. ``align`` brings caches and garbage collection
    into the same state before the phase that it is given begins, and waits for those that share the
    core. ``alone_ns`` says, when a phase ends, how much CPU time there was since all others ended
    theirs: None where the core is not shared. ``keep`` is given what was measured since it was last
    given something: that counts however the process ends. ``current`` says what was announced last.
    ``folder`` does not exist yet; it is removed with everything that the invocation writes there.
    """

    folder: str
    announce: Callable[[str], None]
    quiesce: Callable[[], None]
    align: Callable[[str], None]
    alone_ns: Callable[[], Optional[int]]
    keep: Callable[[TimingOutcome], None] = lambda measured: None
    current: Callable[[], str] = lambda: ""
