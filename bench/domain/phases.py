"""The phases of lifecycles, the composites made of them, and which of both are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

READY = "ready"
"""The composite that ends with a model whose weights exist."""

MAKING_READY = ("construct", "build")
"""The phases of ``ready``."""

_BUILDING = ("runtime", *MAKING_READY, "compile", "inputs")


class Phases(Protocol):
    """What the analysis must know of a lifecycle.

    ``time_to_first_output`` is the composite that ends with what the lifecycle is for, ``repeats``
    the phase that calls the model again and again; None where there is none. ``composites`` maps
    the name of each sum of phases to those it is made of.
    """

    @property
    def compared(self) -> tuple[str, ...]:
        """The phases and composites in which arms are compared, in their order."""

    @property
    def composites(self) -> Mapping[str, tuple[str, ...]]:
        """Phases that are sums of other phases of the same invocation."""

    @property
    def time_to_first_output(self) -> str | None:
        """The composite that ends with what the lifecycle is for."""

    @property
    def first_call(self) -> tuple[str, ...]:
        """The phases that a first call brings with it, of lifecycles that call and call again."""

    @property
    def repeats(self) -> str | None:
        """The phase that calls the model again and again."""

    @property
    def answers(self) -> bool:
        """Whether its calls answer, as those of other ways to call do that could be had instead."""


@dataclass(frozen=True)
class Lifecycle:
    """A life of a model other than from nothing to its calls, as ``function`` lives it.

    ``function`` names a callable as ``module:function``. It takes a
    ``bench.worker.lifecycle.context.LifecycleContext`` and the arm's ``lifecycle_arguments``, and
    returns the model it ends with. ``phases`` are those it goes through, in their order, without
    its preparations. ``time_to_first_output`` is the name of the sum of those that come once, for
    lifecycles that lead to an answer.

    Raises ``ValueError`` when phases have a name that the suite uses itself, or share one.
    """

    function: str
    phases: tuple[str, ...]
    time_to_first_output: str | None = None

    def __post_init__(self) -> None:
        taken = [
            name for name in (*self.phases, self.time_to_first_output or "") if _is_taken(name)
        ]
        if taken:
            raise ValueError(f"no phase of a lifecycle can be called {taken[0]!r}")
        if not self.phases or len({*self.phases, self.time_to_first_output}) <= len(self.phases):
            raise ValueError("a lifecycle has phases, each once, and another name for their sum")

    @property
    def compared(self) -> tuple[str, ...]:
        """The phases, and the sum of those that come once where it has a name."""
        return (*self.phases, *self.composites)

    @property
    def composites(self) -> Mapping[str, tuple[str, ...]]:
        """The sum of all phases that come once, where it has a name."""
        once = tuple(phase for phase in self.phases if phase not in ITERATING)
        return {self.time_to_first_output: once} if self.time_to_first_output else {}

    @property
    def first_call(self) -> tuple[str, ...]:
        """Nothing: it is no way to call a model that others could be set beside."""
        return ()

    @property
    def repeats(self) -> str | None:
        """The phase that calls the model again and again, if it has one."""
        return next((phase for phase in self.phases if phase in ITERATING), None)

    @property
    def answers(self) -> bool:
        """No: it is no way to call a model."""
        return False


def _is_taken(name: str) -> bool:
    return name in ("import", "runtime", "inputs", "invocation") or name.startswith("prepare")


@dataclass(frozen=True)
class CallMode:
    """One way to call a model: the life from nothing to its calls.

    ``called`` is what is called, in words. ``once`` are the phases between ``inputs`` (the suite's
    own making of random data, which belongs to no composite) and ``repeats``.
    ``time_to_first_output`` is the composite that ends with the first answer, or with whatever the
    model is called for. The calls of a ``compiled`` one run the compiled program and nothing of
    Keras.
    """

    called: str
    once: tuple[str, ...]
    repeats: str = "inference"
    time_to_first_output: str = "time_to_first_inference"
    compiled: bool = False

    @property
    def phases(self) -> tuple[str, ...]:
        """All phases, in order."""
        return (*_BUILDING, *self.once, self.repeats)

    @property
    def composites(self) -> Mapping[str, tuple[str, ...]]:
        """Phases that are sums of other phases of the same invocation."""
        return {
            READY: MAKING_READY,
            self.time_to_first_output: (*MAKING_READY, "compile", *self.once),
        }

    @property
    def first_call(self) -> tuple[str, ...]:
        """What comes once."""
        return self.once

    @property
    def answers(self) -> bool:
        """Whether its calls answer; others train."""
        return self.repeats == "inference"

    @property
    def compared(self) -> tuple[str, ...]:
        """The phases and composites in which arms are compared."""
        return ("construct", READY, "compile", *self.once, self.time_to_first_output, self.repeats)


_KERAS: Mapping[str, CallMode] = {
    "predict": CallMode("model.predict(batch)", ("first_call",)),
    "predict_on_batch": CallMode("model.predict_on_batch(batch)", ("first_call",)),
    "eager": CallMode("model(batch), without a graph", ("first_call",)),
    "train": CallMode(
        "model.train_on_batch(batch, targets): forward, backward, update",
        ("first_step",),
        repeats="step",
        time_to_first_output="time_to_first_step",
    ),
    "fit": CallMode(
        "model.fit(data, targets), eight batches an epoch",
        ("first_epoch",),
        repeats="epoch",
        time_to_first_output="time_to_first_epoch",
    ),
}

TENSORFLOW = "tensorflow"
"""The backend that is measured unless another is named."""

CALL_MODES: Mapping[str, Mapping[str, CallMode]] = {
    TENSORFLOW: {
        "function": CallMode(
            "tf.function(model), traced once", ("trace", "first_call"), compiled=True
        ),
        "predict": _KERAS["predict"],
        "predict_on_batch": _KERAS["predict_on_batch"],
        "eager": _KERAS["eager"],
        "xla": CallMode(
            "tf.function(model, jit_compile=True)", ("trace", "xla_compile"), compiled=True
        ),
        "train": _KERAS["train"],
        "fit": _KERAS["fit"],
    },
}
"""Backend → name → call mode, as the adapter of the backend declares them too: plans are made
where no framework is imported, and phases of the same call mode differ between backends."""

ITERATING: frozenset[str] = frozenset(
    call_mode.repeats for call_modes in CALL_MODES.values() for call_mode in call_modes.values()
)
"""Phases in which one invocation makes many calls."""


def call_modes_of(backend: str = TENSORFLOW) -> Mapping[str, CallMode]:
    """The call modes of ``backend``; those of TensorFlow where a module is named as the adapter."""
    return CALL_MODES.get(backend, CALL_MODES[TENSORFLOW])
