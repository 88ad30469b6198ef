"""The phases of lifecycles, the composites made of them, and which of both are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.domain.names import check_name

IMPORT = "import"
"""The import of the framework, before an interpreter does anything for an arm."""

RUNTIME = "runtime"
"""A first trivial operation, which starts devices and thread pools."""

INPUTS = "inputs"
"""The suite's own making of random data, which belongs to no composite."""

INVOCATION = "invocation"
"""The row with an invocation's own end-to-end span."""

READY = "ready"
"""The composite that ends with a model whose weights exist."""

BUILD = "build"
"""What ``construct`` has left to do until the weights exist."""

MAKING_READY = ("construct", BUILD)
"""The phases of ``ready``."""


def is_overhead_phase(name: str) -> bool:
    """Whether a phase of this name is no arm's work, or is the span of a whole invocation."""
    return name in (IMPORT, RUNTIME, INPUTS, INVOCATION) or name.startswith("prepare")


@dataclass(frozen=True)
class PhasePlan:
    """The phases of a lifecycle, and what is made of them.

    ``compared`` are the phases and composites in which arms are compared, in their order;
    ``composites`` maps each sum of phases of an invocation to those phases.
    ``time_to_first_output`` is the composite that ends with the first output, ``first_call`` the
    phases that a first call brings with it, and ``repeats`` the phase of later calls, where there
    are such; ``answers`` says whether these return predictions, so that other call modes are
    alternatives. ``compiled`` are the phases that run the compiled program and nothing of Keras.
    """

    compared: tuple[str, ...]
    composites: Mapping[str, tuple[str, ...]]
    time_to_first_output: str | None
    first_call: tuple[str, ...] = ()
    answers: bool = False
    repeats: str | None = None
    compiled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """A lifecycle of a scenario's own, which ``function`` carries out.

    ``function`` names a callable as ``module:function``. It takes a
    ``bench.worker.lifecycle.context.LifecycleContext`` and the arm's ``lifecycle_arguments``, and
    returns the model it ends with. ``phases`` are those it goes through, in their order, without
    its preparations. ``time_to_first_output`` is the name of the sum of those that come once, for
    lifecycles that lead to an answer.

    Raises ``ValueError`` when phases have a name that cannot be printed or that the suite uses
    itself, or share one.
    """

    function: str
    phases: tuple[str, ...]
    time_to_first_output: str | None = None

    def __post_init__(self) -> None:
        for name in self.phases:
            check_name(name, "phase")
        taken = [
            name
            for name in (*self.phases, self.time_to_first_output or "")
            if is_overhead_phase(name)
        ]
        if taken:
            raise ValueError(f"no phase of a lifecycle can be called {taken[0]!r}")
        if not self.phases or len({*self.phases, self.time_to_first_output}) <= len(self.phases):
            raise ValueError("a lifecycle has phases, each once, and another name for their sum")

    def plan(self) -> PhasePlan:
        """Its phases; those that come once have a sum where that has a name."""
        once = tuple(phase for phase in self.phases if phase not in ITERATING)
        composites = {self.time_to_first_output: once} if self.time_to_first_output else {}
        return PhasePlan(
            compared=(*self.phases, *composites),
            composites=composites,
            time_to_first_output=self.time_to_first_output,
            repeats=next((phase for phase in self.phases if phase in ITERATING), None),
        )


@dataclass(frozen=True)
class CallMode:
    """One way to call a model, and the phases from its construction to its calls.

    ``called`` is the call, in words. ``once`` are the phases between ``inputs`` and ``repeats``.
    ``time_to_first_output`` is the composite that ends with the first output of a call. The later
    calls of a ``compiled`` one run the compiled program and nothing of Keras.
    """

    called: str
    once: tuple[str, ...]
    repeats: str = "inference"
    time_to_first_output: str = "time_to_first_inference"
    compiled: bool = False

    @property
    def phases(self) -> tuple[str, ...]:
        """All phases, in order."""
        return (RUNTIME, *MAKING_READY, "compile", INPUTS, *self.once, self.repeats)

    @property
    def trains(self) -> bool:
        """Whether its calls need targets."""
        return self.repeats != "inference"

    def plan(self) -> PhasePlan:
        """Its phases; calls that infer are alternatives to each other, those that train are not."""
        first = self.time_to_first_output
        return PhasePlan(
            compared=("construct", READY, "compile", *self.once, first, self.repeats),
            composites={READY: MAKING_READY, first: (*MAKING_READY, "compile", *self.once)},
            time_to_first_output=first,
            first_call=self.once,
            answers=not self.trains,
            repeats=self.repeats,
            compiled=(self.repeats,) if self.compiled else (),
        )


KERAS_CALL_MODES: Mapping[str, CallMode] = {
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
"""Call modes that Keras has on any backend, the one first that its own users know best."""

TENSORFLOW, JAX, TORCH = "tensorflow", "jax", "torch"
"""The backends of Keras; the first is measured unless another is named."""

CALL_MODES: Mapping[str, Mapping[str, CallMode]] = {
    TENSORFLOW: {
        "function": CallMode(
            "tf.function(model), traced once", ("trace", "first_call"), compiled=True
        ),
        "predict": KERAS_CALL_MODES["predict"],
        "predict_on_batch": KERAS_CALL_MODES["predict_on_batch"],
        "eager": KERAS_CALL_MODES["eager"],
        "xla": CallMode(
            "tf.function(model, jit_compile=True)", ("trace", "xla_compile"), compiled=True
        ),
        "train": KERAS_CALL_MODES["train"],
        "fit": KERAS_CALL_MODES["fit"],
    },
    JAX: {
        "function": CallMode(
            "jax.jit of the model's stateless call",
            ("trace", "xla_compile", "first_call"),
            compiled=True,
        ),
        **KERAS_CALL_MODES,
    },
    TORCH: {
        "eager": CallMode("model(batch) under torch.no_grad", ("first_call",)),
        "compiled": CallMode(
            "torch.compile(model), under torch.no_grad", ("torch_compile",), compiled=True
        ),
        **{name: each for name, each in KERAS_CALL_MODES.items() if name != "eager"},
    },
}
"""Backend → name → call mode, the phases of which may differ between backends.

The first one of a backend is its natural one, which takes the place of those that it lacks. They
are declared here and not by adapters, since plans are made where no framework is imported; the
adapter of a backend has those of its backend.
"""

ITERATING: frozenset[str] = frozenset(
    call_mode.repeats for call_modes in CALL_MODES.values() for call_mode in call_modes.values()
)
"""Phases in which one invocation makes many calls."""


def call_modes_of(*backends: str) -> Mapping[str, CallMode]:
    """The call modes of a backend, by default TensorFlow; of several those that Keras has on any.

    The others have phases that differ between backends. Where a module is named as the adapter of a
    backend, they are those of TensorFlow.
    """
    if len(backends) > 1:
        return KERAS_CALL_MODES
    (backend,) = backends or (TENSORFLOW,)
    return CALL_MODES.get(backend, CALL_MODES[TENSORFLOW])


def natural_call_mode(*backends: str) -> str:
    """The call mode of ``backends`` that stands in for those that they do not have."""
    return next(iter(call_modes_of(*backends)))
