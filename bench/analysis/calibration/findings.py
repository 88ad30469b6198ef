"""What a calibration finds: types, and the rates that are read from their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ConfigDict, Field, computed_field

from bench.domain.values import Rounded

Rule = Literal["t-test", "Mann-Whitney", "means 5 % apart"]

SUITE: Literal["this suite, by rounds"] = "this suite, by rounds"


class Counts(Rounded):
    """How many comparisons of one kind came out how, when their experiments ended.

    ``ever_claimed`` came out ``faster`` or ``slower`` at any look; of ``missed`` the last interval
    does not hold the truth.
    """

    comparisons: int
    slower: int
    faster: int
    equivalent: int
    unresolved: int
    ever_claimed: int
    missed: int


class EqualWork(Counts):
    """Comparisons of the same work with itself, over all phases; every claim is a false alarm.

    ``experiments_with_claims`` is how many of the families had any.
    """

    experiments_with_claims: int

    @property
    def rate(self) -> float:
        """The part of the comparisons that are called different."""
        return (self.slower + self.faster) / self.comparisons


class InjectedWork(Counts):
    """Comparisons of ``construct`` with itself slowed by ``injected``, which may be 0.

    Every arm that is slowed by so much has one in each experiment.
    ``ratio`` is the median estimate. ``found_by_round`` [t] is how many had come out ``slower`` by
    round t + 1, at some look.
    """

    injected: float
    ratio: float
    found_by_round: tuple[int, ...]

    @property
    def rounds_to_find(self) -> int | None:
        """Rounds after which half of the experiments had found it; None when they did not."""
        reached = [2 * found >= self.comparisons for found in self.found_by_round]
        return reached.index(True) + 1 if any(reached) else None


class BlockRule(Rounded):
    """What a common rule says of blocks whose second arm is slowed by ``injected``."""

    rule: Rule
    injected: float
    comparisons: int
    slower: int
    faster: int


class RuleRates(Rounded):
    """How often a rule errs, and how often it finds work that is slowed the most.

    ``different`` is the part of comparisons of equal work that it calls different, ``found`` the
    part of comparisons of slowed work that it calls slower; None where no work was slowed.
    """

    rule: Rule | Literal["this suite, by rounds"]
    different: float
    found: float | None


class CalibrationFindings(Rounded):
    """What a calibration shows: the document of ``bench calibrate --json``."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    run: str
    experiments: int
    rounds: int
    replicates: int
    samples: int
    margin: float
    confidence: float
    environment: dict[str, str | int | float | None]
    equal: EqualWork
    injected: tuple[InjectedWork, ...]
    blocks: tuple[BlockRule, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def rates(self) -> tuple[RuleRates, ...]:
        """The rates of the suite, and then of each common rule."""
        slowed = [work for work in self.injected if work.injected]
        largest = slowed[-1] if slowed else None
        suite = RuleRates(
            rule=SUITE,
            different=self.equal.rate,
            found=None if largest is None else largest.slower / largest.comparisons,
        )
        rules = dict.fromkeys(each.rule for each in self.blocks)
        return (suite, *(_rates_of(rule, self.blocks) for rule in rules))


def _rates_of(rule: Rule, blocks: Sequence[BlockRule]) -> RuleRates:
    equal = next(each for each in blocks if each.rule == rule and not each.injected)
    slowed = [each for each in blocks if each.rule == rule and each.injected]
    return RuleRates(
        rule=rule,
        different=(equal.slower + equal.faster) / equal.comparisons,
        found=slowed[-1].slower / slowed[-1].comparisons if slowed else None,
    )
