"""Scenario and Arm: the declarations that scenario files are written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.domain.declarations import (
    check_kind,
    check_named,
    check_plain,
    check_positive,
    check_text,
    check_texts,
    check_whole_numbers,
)
from bench.domain.errors import InvalidScenario
from bench.domain.inputs import Input, checked, input_from
from bench.domain.names import PLACEBO, check_name, shortened
from bench.domain.phases import Lifecycle

_REFERENCE = re.compile(r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")

_CONSTRUCT = ("construct",)


@dataclass(frozen=True)
class Arm:
    """One way to do the thing that is compared.

    ``builder`` names a callable as ``module:function``; only the measured interpreter imports it.
    It takes an iterable of layers when the scenario has architectures, a depth when it has none,
    and nothing when there is no depth either, and ``arguments`` by keyword; it returns a model.

    ``architecture_arguments`` are passed on to the architecture, for arms that differ in how the
    layers are written and not in how they are put together; ``lifecycle_arguments`` to the
    scenario's own lifecycle, for arms that differ in what is done with the model. A ``deferred``
    arm returns a model that is not finished, whose ``construct`` does less than that of other arms:
    what is compared with them first is its ``ready``.

    ``patch`` names a context manager as ``module:function``, for arms that try a change to the
    framework. It is entered in the measured process before anything is built, and left at the end.

    ``inputs`` say what the model leaves open of its inputs, as ``--input`` does:
    ``float32[8,16]``, or by name ``text=string[8,1]``.

    ``environment`` names the one of ``--interpreter`` in which the arm is measured, by default all.

    Arguments are plain values, those that JSON has; a tuple arrives as a list. Raises
    ``InvalidScenario`` when one is not, when an input is not written so, and when ``builder`` or
    ``patch`` is not of the form ``module:function``.
    """

    builder: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    architecture_arguments: Mapping[str, Any] = field(default_factory=dict)
    lifecycle_arguments: Mapping[str, Any] = field(default_factory=dict)
    deferred: bool = False
    patch: str | None = None
    inputs: Sequence[str] = ()
    environment: str | None = None

    def __post_init__(self) -> None:
        check_reference(self.builder)
        if self.patch is not None:
            check_reference(self.patch)
        for field_ in ("arguments", "architecture_arguments", "lifecycle_arguments"):
            given = getattr(self, field_)
            check_named(field_, given, object, "'name': value")
            for name, value in given.items():
                check_plain(name, value)
        check_kind("deferred", self.deferred, bool)
        declared_inputs(self.inputs)


@dataclass(frozen=True)
class Scenario:
    """One question: named arms, the baseline they are compared with, and the factors to sweep.

    ``headline`` names the phases that the question is about. Their comparisons share nineteen
    twentieths of the error budget, because evidence grows exponentially with rounds: the other
    phases pay for their small share with about four more rounds. Of a deferred arm, ``ready`` takes
    the place of ``construct``.

    With a ``lifecycle`` models live that, and not the life of a call mode. ``budget_factor`` is how
    many times the preset's time the question takes, for lives that are long. ``injected`` is for
    ``bench calibrate``: arm → how much longer its ``construct`` takes than the baseline's, as a
    part of it, where that is known.

    ``inputs`` are those of all arms that declare none of their own.

    Raises ``InvalidScenario`` when a field holds something else, the baseline is no arm, an arm has
    a name that cannot be printed (see ``bench.domain.names.check_name``) or is called ``placebo``
    (the name of the copy of the baseline that the suite adds by itself), or a layer count is not
    positive.
    """

    question: str
    arms: Mapping[str, Arm]
    baseline: str
    architectures: Sequence[str] = ()
    layers: Sequence[int] = ()
    call_modes: Sequence[str] = ("function",)
    headline: Sequence[str] = _CONSTRUCT
    lifecycle: Lifecycle | None = None
    budget_factor: float = 1.0
    injected: Mapping[str, float] = field(default_factory=dict)
    inputs: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._check_fields()
        declared_inputs(self.inputs)
        for name in self.arms:
            check_name(name, "arm")
        if self.lifecycle is None:
            handed = [name for name, arm in self.arms.items() if arm.lifecycle_arguments]
            if handed:
                raise InvalidScenario(
                    f"arm {handed[0]!r} has lifecycle_arguments, and the scenario no lifecycle"
                )
        else:
            check_reference(self.lifecycle.function)
            if (
                tuple(self.headline) == _CONSTRUCT
                and "construct" not in self.lifecycle.plan().compared
            ):
                raise InvalidScenario(
                    "a scenario with a lifecycle of its own says which of its phases it is about: "
                    f"give headline, of {', '.join(self.lifecycle.plan().compared)}"
                )
            unknown = set(self.headline) - set(self.lifecycle.plan().compared)
            if unknown:
                raise InvalidScenario(
                    f"the headline {min(unknown)!r} is no phase of the lifecycle: "
                    f"{', '.join(self.lifecycle.plan().compared)}"
                )
        if self.baseline not in self.arms:
            names = ", ".join(self.arms)
            raise InvalidScenario(f"baseline {self.baseline!r} is none of the arms: {names}")
        unknown_arms = set(self.injected) - set(self.arms)
        if unknown_arms:
            raise InvalidScenario(f"injected names {min(unknown_arms)!r}, which is no arm")
        if PLACEBO in self.arms:
            raise InvalidScenario(
                f"an arm cannot be called {PLACEBO!r}: the suite adds an arm of that name itself"
            )
        if any(layers < 1 for layers in self.layers):
            raise InvalidScenario(f"layer counts must be at least 1, not {min(self.layers)}")

    def _check_fields(self) -> None:
        check_text("question", self.question)
        check_named("arms", self.arms, Arm, "'name': Arm('module:function')")
        for name in ("architectures", "call_modes", "headline"):
            check_texts(name, getattr(self, name))
        check_whole_numbers("layers", self.layers)
        check_kind("lifecycle", self.lifecycle, Lifecycle)
        if self.lifecycle is not None:
            check_texts("phases", self.lifecycle.phases)
        check_positive("budget_factor", self.budget_factor)
        check_named("injected", self.injected, (int, float), "'arm': 0.04")


def arm_from(text: str) -> Arm:
    """The arm that ``module:function`` or ``module:function(name=literal, …)`` describes.

    Either may end in ``@environment``. Raises ``InvalidScenario`` when it is neither.
    """
    builder, at, environment = text.rpartition("@")
    # One in an argument is not the last.
    if not at or ")" in environment:
        return Arm(*called(text))
    check_name(environment, "environment")
    return Arm(*called(builder), environment=environment)


def called(text: str) -> tuple[str, dict[str, Any]]:
    """The name in ``name`` or ``name(argument=literal, …)``, and the arguments.

    Raises ``InvalidScenario`` when ``text`` is neither.
    """
    name, bracket, rest = text.partition("(")
    if not bracket:
        return name, {}
    written = shortened(f"{bracket}{rest}")
    problem = f"{written} are no arguments: write (name=value, ...) with plain values"
    try:
        call = ast.parse(f"_({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            raise InvalidScenario(problem)
        arguments = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidScenario(problem) from error
    if None in arguments:
        raise InvalidScenario(problem)
    for argument, value in arguments.items():
        check_plain(str(argument), value)
    return name, {key: value for key, value in arguments.items() if key}


def declared_inputs(texts: Sequence[str]) -> tuple[Input, ...]:
    """The inputs that ``texts`` describe, of one model (see ``bench.domain.inputs``).

    Raises ``InvalidScenario`` when one is not written as an input, or they contradict each other.
    """
    check_texts("inputs", texts)
    return checked([input_from(text) for text in texts])


def check_reference(reference: str) -> str:
    """Return ``reference`` if it has the form ``module:function``, else raise InvalidScenario."""
    if not isinstance(reference, str):
        raise InvalidScenario(
            f"{shortened(ascii(reference))} is given itself: name it as MODULE:FUNCTION, since the "
            "measured interpreter imports it"
        )
    path, separator, name = reference.partition(":")
    if path.endswith(".py") and separator:
        module = path[: -len(".py")].strip("./").replace("/", ".")
        raise InvalidScenario(
            f"{reference!r} names a file: write its module, as an import from this folder would, "
            f"{module}:{name}"
        )
    if not _REFERENCE.match(reference):
        raise InvalidScenario(
            f"{reference!r} does not name a callable: write MODULE:FUNCTION, for example "
            "my_package.models:build"
        )
    return reference
