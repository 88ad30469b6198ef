"""Finds the release or the commit that changed what a model is made of: a search without a clock.

Each candidate is installed into an environment of its own, and the work of one arm is counted in
it. Counts have no noise, so a single count of each decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.api.explain import explain, plan_explanation
from bench.api.planning import Chosen
from bench.domain.errors import BenchError
from bench.domain.findings.explanation import ExactGrowthFinding, Explanation
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.domain.scenario import Scenario
from bench.execution.environments.made import made
from bench.execution.environments.uv import Say
from bench.execution.processes.ending import InterpreterFailed
from bench.planning.requirements import RequirementSet
from bench.planning.run_options import RunOptions

DEPTHS = (4, 8, 16, 32)
"""Layer counts at which work is counted."""

CALLS = "calls"
"""The counter of all calls of Python functions, which the growth of a phase is about."""

_ORDERS = ("constant", "linear", "quadratic", "cubic")


class NothingChanged(BenchError, ValueError):
    """What is searched for is the same in all that was counted; the message has what that is."""


class NotCounted(BenchError, ValueError):
    """A counter or a phase that the arm does not have; the message has those that it has."""


@dataclass(frozen=True)
class Candidate:
    """A release or a commit, and what an environment with it requires, where it is tested."""

    label: str
    requirements: Callable[[], RequirementSet]


@dataclass(frozen=True)
class Wanted:
    """What is looked at: a counter of the model or of how it is made, or the growth of a phase."""

    counter: str = CALLS
    growth: str | None = None


@dataclass(frozen=True)
class Count:
    """What was counted of a candidate at each depth; candidates with one ``law`` are alike.

    ``law`` is the formula of a counter, or the class of a growth.
    """

    label: str
    depths: tuple[int, ...]
    values: tuple[int, ...]
    law: str


@dataclass(frozen=True)
class Change:
    """The neighbours between which a count changes, and all that was counted on the way.

    ``failed`` candidates could not be counted: label → why. Where some lie between the two, the
    change is in one of them or in ``after``.
    """

    before: Count
    after: Count
    counted: tuple[Count, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    between: tuple[str, ...] = ()


def find_change(
    labels: Sequence[str],
    count: Callable[[str], Count],
    say: Say = lambda line: None,
) -> Change:
    """The first of ``labels`` whose count has another law than that of the first.

    It takes about log₂ of their number counts. ``count`` raises ``BenchError`` where there is none:
    the nearest neighbour is tried in its place. Raises ``NothingChanged``, and what ``count``
    raises of the first.
    """
    counted, failed = {0: count(labels[0])}, dict[int, str]()
    unchanged, changed = 0, len(labels)
    while changed - unchanged > 1:
        middle = (unchanged + changed) / 2
        open_ones = [each for each in range(unchanged + 1, changed) if each not in failed]
        if not open_ones:
            break
        tried = min(open_ones, key=lambda each: abs(each - middle))
        try:
            counted[tried] = count(labels[tried])
        except BenchError as error:
            failed[tried] = str(error)
            say(f"{labels[tried]} cannot be counted: {error}")
            continue
        if counted[tried].law == counted[0].law:
            unchanged = tried
        else:
            changed = tried
    reasons = {labels[each]: why for each, why in sorted(failed.items())}
    if changed == len(labels):
        raise NothingChanged(_unchanged(labels, len(counted), unchanged, counted[0].law, reasons))
    return Change(
        before=counted[unchanged],
        after=counted[changed],
        counted=tuple(counted[each] for each in sorted(counted)),
        failed=reasons,
        between=tuple(labels[unchanged + 1 : changed]),
    )


def _unchanged(
    labels: Sequence[str], counted: int, last: int, law: str, failed: Mapping[str, str]
) -> str:
    """What is known where none of those ``counted`` has another law; ``last`` is the last of them.

    Those after it have all ``failed``.
    """
    told = (
        f"nothing changes in those counted, {counted} of {len(labels)}, of which {labels[last]} is "
        f"the last: {law}"
    )
    before, after = [each for each in failed if each in labels[:last]], labels[last + 1 :]
    if before:
        told = f"{told}; before it, these cannot be counted: {', '.join(before)}"
    if after:
        told = f"{told}; after it, none can be counted: {', '.join(after)}: {failed[after[-1]]}"
    return told


def bisect(
    candidates: Sequence[Candidate],
    chosen: Chosen,
    arm: str,
    wanted: Wanted,
    options: RunOptions,
    say: Say,
) -> Change:
    """The first of ``candidates`` in which what is ``wanted`` of ``arm`` has another law.

    ``arm`` is one of the only scenario that is ``chosen``, or of ``options``. Raises
    ``NothingChanged``, ``NotCounted``, and ``CannotInstall`` or ``InterpreterFailed`` where the
    first candidate cannot be counted.
    """
    known = {each.label: each for each in candidates}
    only = {name: _only(each, arm, options) for name, each in chosen.scenarios.items()}
    chosen = replace(chosen, scenarios=only)
    options = replace(options, layers=options.layers or DEPTHS)

    def counted(label: str) -> Count:
        requirements = known[label].requirements()
        python = made(label, requirements, options.backends, say)
        plan = plan_explanation(chosen, options)
        plan = plan.model_copy(update={"environments": {DEFAULT_ENVIRONMENT: python}})
        (found,) = explain(plan, lambda line: None, lambda done, total: None)
        count = count_of(label, found, wanted)
        shown = ", ".join(f"{value:,}" for value in count.values)
        say(f"{label}: {count.law} ({shown})")
        return count

    return find_change(list(known), counted, say)


def count_of(label: str, found: Explanation, wanted: Wanted) -> Count:
    """What is ``wanted`` of the only arm that was explained.

    Raises ``NotCounted``; ``InterpreterFailed`` where the arm has failed.
    """
    if found.failures:
        raise InterpreterFailed(f"{found.failures[0].what}: {found.failures[0].reason}")
    if wanted.growth is not None or wanted.counter == CALLS:
        phase = wanted.growth or found.phases[0]
        of_phase = {each.phase: each for each in found.growth}
        if phase not in of_phase:
            raise NotCounted(f"no calls of phase {phase!r} are counted: {', '.join(of_phase)}")
        growth = of_phase[phase]
        law = _growth_class(growth.law) if wanted.growth else _formula(growth.law, growth.calls)
        return Count(label, growth.depths, growth.calls, law)
    counters = {each.counter: each for each in found.counters if each.phase == found.phases[0]}
    counters.update({each.counter: each for each in found.counters if each.phase is None})
    if wanted.counter not in counters:
        names = ", ".join([CALLS, *sorted(counters)])
        raise NotCounted(f"there is no counter {wanted.counter!r}: {names}")
    counter = counters[wanted.counter]
    return Count(label, counter.depths, counter.values, _formula(counter.law, counter.values))


def _formula(law: ExactGrowthFinding | None, values: Sequence[int]) -> str:
    """The law as a formula; the counts themselves, where they have none."""
    if law is None or law.kind == "irregular":
        return ", ".join(f"{value:,}" for value in values)
    return law.text


def _growth_class(law: ExactGrowthFinding | None) -> str:
    if law is None:
        return "unknown"
    if law.kind != "irregular":
        return law.kind
    return _ORDERS[min(max(round(law.order), 0), len(_ORDERS) - 1)]


def _only(scenario: Scenario, arm: str, options: RunOptions) -> Scenario:
    arms = {**scenario.arms, **options.arms}
    return replace(scenario, arms={arm: arms[arm]}, baseline=arm, injected={})
