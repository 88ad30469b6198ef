"""Prints what other intervals would have done on recorded noise.

    python scripts/interval_study.py             as in docs/method.md
    python scripts/interval_study.py --runs 20   seconds; --run FOLDER reads another calibration

The noise is that of a stored calibration (results/published/calibration_solo): log ratios of one
process to another of the same work in the same round. Runs of 60 rounds are drawn from it with
replacement and shifted by a known effect. Each procedure is looked at after every round, at the
share of the error budget that a headline comparison of --quick has. Coverage is of the shift at
every look; rounds are those after which half of the runs are resolved.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from scipy import stats

from bench.analysis.arrays import Booleans, Floats
from bench.analysis.inference.intervals import critical_counts
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import to_invocations
from bench.store.run_folder import RunFolder

SOURCE = Path(__file__).resolve().parents[1] / "results" / "published" / "calibration_solo"
SEED = 20261123
RUNS, ROUNDS, SHARE = 2000, 60, 0.05 * 0.95 / 15
SHIFTS = (0.02, 0.05, 0.1, 0.2, 1.0)
EDGE = float(np.log1p(0.05))
CLIP = 0.5

Refuted = Callable[[Floats, float], Booleans]
"""Effects (runs, rounds) and a value → whether it is refuted from above at each look.

'From above': the effects lie above the value. Each side may err by half of the share.
"""


def signs(effects: Floats, value: float) -> Booleans:
    """The suite's: a mixture of bets on the signs, valid whatever the distribution."""
    return _signs(effects, value, critical_counts(SHARE, ROUNDS))


def signs_exact(effects: Floats, value: float) -> Booleans:
    """The same with the lowest threshold that errs no more often within the plan's rounds."""
    return _signs(effects, value, _EXACT)


def symmetric_bets(effects: Floats, value: float) -> Booleans:
    """Bets on each sign that grow with the distance; valid where the noise is symmetric."""
    away = effects - value
    scale = np.maximum(_so_far(np.abs(away)), 1e-9)
    capital = np.zeros_like(away)
    for strength in (0.25, 0.5, 1.0, 2.0):
        stake = np.minimum(np.tanh(strength * np.abs(away) / scale), 0.999)
        capital += np.exp(np.cumsum(np.log1p(stake * np.sign(away)), axis=1)) / 4
    return np.asarray(capital >= 2 / SHARE)


def clipped_mean_bets(effects: Floats, value: float) -> Booleans:
    """Bets on the mean of effects clipped at ±0.5 (Waudby-Smith & Ramdas 2024)."""
    unit = (np.clip(effects, -CLIP, CLIP) + CLIP) / (2 * CLIP)
    null = (np.clip(value, -CLIP, CLIP) + CLIP) / (2 * CLIP)
    count = np.arange(1, unit.shape[1] + 1)
    mean = (0.5 + np.cumsum(unit, axis=1)) / (count + 1)
    spread = (0.25 + np.cumsum((unit - mean) ** 2, axis=1)) / (count + 1)
    before = np.concatenate([np.full((len(unit), 1), 0.25), spread[:, :-1]], axis=1)
    stake = np.sqrt(2 * np.log(2 / SHARE) / (before * count * np.log1p(count)))
    stake = np.minimum(stake, 0.5 / max(null, 1e-9))
    capital = np.exp(np.cumsum(np.log1p(stake * (unit - null)), axis=1))
    return np.asarray(capital >= 2 / SHARE)


def median_of_means(effects: Floats, value: float) -> Booleans:
    """The suite's bets, on the signs of means of three rounds; valid where they are symmetric."""
    runs, rounds = effects.shape
    means = effects.reshape(runs, rounds // 3, 3).mean(axis=2)
    looks = _signs(means, value, critical_counts(SHARE, rounds // 3))
    late = np.repeat(looks, 3, axis=1)
    return np.asarray(np.concatenate([np.zeros((runs, 2), bool), late[:, :-2]], axis=1))


def repeated_t_test(effects: Floats, value: float) -> Booleans:
    """A t-interval after every round, as if it were the only one."""
    count = np.arange(1, effects.shape[1] + 1)
    mean = np.cumsum(effects, axis=1) / count
    square = np.cumsum(effects**2, axis=1) / count
    error = np.sqrt(np.maximum(square - mean**2, 1e-12) / np.maximum(count - 1, 1))
    limit = stats.t.ppf(1 - SHARE / 2, np.maximum(count - 1, 1))
    return np.asarray((mean - value > limit * error) & (count > 1))


PROCEDURES: Mapping[str, Refuted] = {
    "signs, mixture of bets (the suite's)": signs,
    "signs, exact for 60 rounds": signs_exact,
    "bets on signs that grow with distance": symmetric_bets,
    "bets on the clipped mean": clipped_mean_bets,
    "median of means of 3 rounds": median_of_means,
    "t-interval at every look": repeated_t_test,
}


def main() -> None:
    """Two tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--run", type=Path, default=SOURCE, metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N")
    arguments = parser.parse_args()
    noises = recorded(RunFolder(arguments.run))
    sys.stdout.writelines(f"{line}\n" for line in table(noises, arguments.runs))


def recorded(folder: RunFolder) -> Mapping[str, Floats]:
    """Phase → log ratios of pairs of the same work in the same round, centred on their median."""
    found = speed_corrected(to_invocations(folder.samples()))
    equal = [cell.arm in ("inline", "placebo", "again") for cell in found.cells]
    noises = {}
    for phase in ("construct", "compile", "trace", "first_call"):
        column = np.log(found.seconds[:, found.phases.index(phase)])
        effects = []
        for number in np.unique(found.round):
            times = column[(found.round == number) & np.take(equal, found.cell)]
            half = len(times) // 2
            effects.append(times[:half] - times[half : 2 * half])
        pooled = np.concatenate(effects)
        noises[phase] = pooled - np.median(pooled)
    return noises


def table(noises: Mapping[str, Floats], runs: int) -> Iterator[str]:
    """Coverage of each procedure on each noise, and rounds to resolve."""
    shown = dict(noises)
    shown["lopsided construct"] = np.where(shown["construct"] > 0, 2.0, 0.5) * shown["construct"]
    shown["lopsided construct"] -= np.median(shown["lopsided construct"])
    widths = ", ".join(f"{name} {np.std(noise):.3f}" for name, noise in shown.items())
    yield f"Standard deviations of the log ratio: {widths}; share {SHARE:.5f}; {runs} runs each."
    drawn = {name: _drawn(noise, runs) for name, noise in shown.items()}
    yield ""
    yield f"| procedure | misses on {' | on '.join(shown)} |"
    yield f"| --- | {' | '.join('---:' for _ in shown)} |"
    for name, refuted in PROCEDURES.items():
        misses = [f"{100 * _misses(effects, refuted):.2f} %" for effects in drawn.values()]
        yield f"| {name} | {' | '.join(misses)} |"
    yield ""
    yield f"| procedure | {' | '.join(f'effect {100 * shift:g} %' for shift in SHIFTS)} | none |"
    yield f"| --- | {' | '.join('---:' for _ in SHIFTS)} | ---: |"
    for name, refuted in PROCEDURES.items():
        rounds = [_rounds_to_claim(drawn["construct"], refuted, shift) for shift in SHIFTS]
        rounds.append(_rounds_to_equivalence(drawn["construct"], refuted))
        yield f"| {name} | {' | '.join(str(each or 'over 60') for each in rounds)} |"


def _signs(effects: Floats, value: float, outside: object) -> Booleans:
    counts = np.asarray(outside)[1 : effects.shape[1] + 1]
    below = np.cumsum(effects <= value, axis=1)
    return np.asarray(below <= counts)


def _so_far(distances: Floats) -> Floats:
    """The mean distance of the rounds before each; 0.1 before the first."""
    count = np.arange(1, distances.shape[1])
    before = np.cumsum(distances, axis=1)[:, :-1] / count
    return np.concatenate([np.full((len(distances), 1), 0.1), before], axis=1)


def _drawn(noise: Floats, runs: int) -> Floats:
    """Effects of arms that do not differ, shape (runs, rounds)."""
    return np.random.default_rng(SEED).choice(noise, (runs, ROUNDS))


def _misses(effects: Floats, refuted: Refuted) -> float:
    ever = refuted(effects, 0.0).any(axis=1) | refuted(-effects, 0.0).any(axis=1)
    return float(ever.mean())


def _rounds_to_claim(effects: Floats, refuted: Refuted, shift: float) -> int | None:
    return _half(refuted(effects + np.log1p(shift), 0.0))


def _rounds_to_equivalence(effects: Floats, refuted: Refuted) -> int | None:
    return _half(refuted(effects, -EDGE) & refuted(-effects, -EDGE))


def _half(resolved: Booleans) -> int | None:
    enough = np.logical_or.accumulate(resolved, axis=1).mean(axis=0) >= 0.5
    return int(np.argmax(enough)) + 1 if enough.any() else None


def _exact_counts() -> object:
    """Critical counts at the threshold where the chance of crossing within ROUNDS is the share."""
    low, high = SHARE, 1.0
    for _ in range(40):
        middle = np.sqrt(low * high)
        if _crossing(critical_counts(float(middle), ROUNDS)) <= SHARE:
            low = middle
        else:
            high = middle
    return critical_counts(float(low), ROUNDS)


def _crossing(counts: object) -> float:
    """The probability that fair coins are refuted at any of the first ROUNDS tosses."""
    critical = np.asarray(counts)
    going, hit = np.ones(1), 0.0
    for tosses in range(1, ROUNDS + 1):
        step = np.zeros(tosses + 1)
        step[:-1] += going / 2
        step[1:] += going / 2
        most = int(critical[tosses])
        if most >= 0:
            hit += float(step[: most + 1].sum() + step[tosses - most :].sum())
            step[: most + 1] = 0
            step[tosses - most :] = 0
        going = step
    return hit


_EXACT = _exact_counts()


if __name__ == "__main__":
    main()
