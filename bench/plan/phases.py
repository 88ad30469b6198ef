"""The phases of each entry's lifecycle, the composites made of them, and which are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

READY = "ready"
"""The composite that ends with a model whose weights exist."""

_BUILDING = ("runtime", "construct", "build", "compile", "inputs")


@dataclass(frozen=True)
class Entry:
    """One way to call a model.

    ``called`` is what is called, in words. ``once`` are the phases between ``inputs`` (the suite's
    own making of random data, which belongs to no composite) and ``repeats``. ``first_answer`` is
    the composite that ends with the first answer, or with whatever the model is called for.
    """

    called: str
    once: tuple[str, ...]
    repeats: str = "inference"
    first_answer: str = "time_to_first_inference"

    @property
    def phases(self) -> tuple[str, ...]:
        """All phases, in order."""
        return (*_BUILDING, *self.once, self.repeats)

    @property
    def composites(self) -> Mapping[str, tuple[str, ...]]:
        """Phases that are sums of other phases of the same invocation."""
        return {
            READY: ("construct", "build"),
            self.first_answer: ("construct", "build", "compile", *self.once),
        }

    @property
    def compared(self) -> tuple[str, ...]:
        """The phases and composites in which arms are compared."""
        return ("construct", READY, "compile", *self.once, self.first_answer, self.repeats)


ENTRIES: Mapping[str, Entry] = {
    "function": Entry("tf.function(model), traced once", ("trace", "first_call")),
    "predict": Entry("model.predict(batch)", ("first_call",)),
    "predict_on_batch": Entry("model.predict_on_batch(batch)", ("first_call",)),
    "eager": Entry("model(batch), without a graph", ("first_call",)),
    "xla": Entry("tf.function(model, jit_compile=True)", ("trace", "xla_compile")),
    "train": Entry(
        "model.train_on_batch(batch, targets): forward, backward, update",
        ("first_step",),
        repeats="step",
        first_answer="time_to_first_step",
    ),
    "fit": Entry(
        "model.fit(data, targets), eight batches an epoch",
        ("first_epoch",),
        repeats="epoch",
        first_answer="time_to_first_epoch",
    ),
}

COMPOSITES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: entry.composites for name, entry in ENTRIES.items()
}
"""Entry → composite → the phases that it is the sum of."""

FIRST_ANSWER: Mapping[str, str] = {name: entry.first_answer for name, entry in ENTRIES.items()}
"""Entry → the composite that ends with the first answer."""

FIRST_CALL: Mapping[str, tuple[str, ...]] = {
    name: entry.once for name, entry in ENTRIES.items() if entry.repeats == "inference"
}
"""Entry that answers → the phases that its first call brings with it."""

REPEATS: Mapping[str, str] = {name: entry.repeats for name, entry in ENTRIES.items()}
"""Entry → the phase in which it calls the model again and again."""

ITERATING: frozenset[str] = frozenset(REPEATS.values())
"""Phases in which one invocation makes many calls."""
