"""How arms should share a core: the tables of docs/method.md, measured on this machine.

Every variant is measured in fresh zygotes, in random order: groups of identical arms, whose log
ratios show the deviation that a way to share leaves, and groups with an arm that takes longer,
whose ratio next to that of solo invocations shows its bias. Take an hour in which nothing else
runs; `scripts/tox run -e co-scheduling-study`. `--busy` shows what is left of it on a machine that
others use: a process on each core reads memory all the while.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import fmean, median, pstdev

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.phases import BUILD, ITERATING, call_modes_of
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.jobs import Completed, Group, Job
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import CellRequest, TimingRequest

COMPARED = ("construct", "compile", "trace", "first_call", "inference")
PHASES = tuple(phase for phase in call_modes_of()["function"].phases if phase != BUILD)
LIMITS = Limits(timeout_s=120.0, memory_bytes=4 << 30)
BUILDERS = {
    "inline": "scenarios.builders:inline",
    "incremental": "scenarios.builders:incremental",
    "slowed_4": "scenarios.injected:slowed_4",
    "slowed_10": "scenarios.injected:slowed_10",
}


@dataclass(frozen=True)
class Variant:
    """One way to measure ``arms``, the first of which the others are compared with.

    Without a slice each has a core to itself. ``cores`` groups are under way at once.
    """

    name: str
    arms: tuple[str, ...]
    layers: int = 16
    slice_ms: float | None = None
    cores: int = 1
    threads: int | None = None
    turns: tuple[str, ...] = ("compile",)


READS_MEMORY = "import numpy; values = numpy.zeros(1 << 24)\nwhile True: values.sum()"

IDENTICAL = ("inline",) * 3
VARIANTS = (
    Variant("solo", IDENTICAL),
    Variant("2 arms, 3 ms", IDENTICAL[:2], slice_ms=3),
    Variant("3 arms, 1.5 ms", IDENTICAL, slice_ms=1.5),
    Variant("3 arms, 3 ms", IDENTICAL, slice_ms=3),
    Variant("3 arms, 5 ms", IDENTICAL, slice_ms=5),
    Variant("3 arms, 10 ms", IDENTICAL, slice_ms=10),
    Variant("7 arms, 3 ms", ("inline",) * 7, slice_ms=3),
    Variant("3 arms, 3 ms, no turns", IDENTICAL, slice_ms=3, turns=()),
    Variant("3 arms, 3 ms, one framework thread", IDENTICAL, slice_ms=3, threads=1),
    Variant("3 arms, 3 ms, both cores", IDENTICAL, slice_ms=3, cores=2),
    *(
        Variant(
            f"{others[-1]}, {layers} layers, {'solo' if slice_ms is None else 'co-scheduled'}",
            ("inline", *others),
            layers=layers,
            slice_ms=slice_ms,
            cores=2,
        )
        for others, layers in (
            (("inline", "incremental"), 16),
            (("inline", "incremental"), 64),
            (("slowed_4", "slowed_10"), 16),
        )
        for slice_ms in (None, 3.0)
    ),
)


@dataclass
class Found:
    """The CPU times of a variant: one mapping of phases to spans for each arm of each group."""

    groups: list[tuple[dict[str, Span], ...]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> int:
    """Measure all variants in so many zygotes, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zygotes", type=int, default=5)
    parser.add_argument("--groups", type=int, default=3, help="of each variant in each zygote")
    parser.add_argument("--small", action="store_true", help="some variants only, to try it")
    parser.add_argument("--busy", action="store_true", help="with another process on each core")
    options = parser.parse_args()
    variants = VARIANTS[:1] + VARIANTS[-2:] if options.small else VARIANTS
    found = {variant: Found() for variant in variants}
    with neighbours(sorted(os.sched_getaffinity(0)) if options.busy else []):
        for number in range(options.zygotes):
            measure(number, options.groups, found)
            sys.stderr.write(f"zygote {number + 1} of {options.zygotes}\n")
    sys.stdout.writelines(f"{line}\n" for line in tables(found))
    return 0


@contextmanager
def neighbours(cores: Iterable[int]) -> Iterator[None]:
    """A process on each of ``cores`` that reads memory until the end."""
    started = [
        subprocess.Popen(["taskset", "--cpu-list", str(core), sys.executable, "-c", READS_MEMORY])
        for core in cores
    ]
    try:
        yield
    finally:
        for each in started:
            each.kill()
            each.wait()


def measure(number: int, groups: int, found: Mapping[Variant, Found]) -> None:
    """Measure ``groups`` groups of every variant in one zygote."""
    generator = random.Random(number)
    asked = [variant for variant in found for _ in range(groups)]
    generator.shuffle(asked)
    cores = sorted(os.sched_getaffinity(0))
    with Interpreter(LaunchSpec(sys.executable, "tensorflow", "fork", seed=number)) as interpreter:
        interpreter.wait_until_ready()
        interpreter.send(request(VARIANTS[0], "inline", number), LIMITS, cores[-1], rehearses=True)
        interpreter.receive()
        for variant in asked:
            dispatcher = Dispatcher(LIMITS, lambda *_: interpreter, cores[-variant.cores :])
            done = list(dispatcher.run_groups(list(_groups(variant, number, generator))))
            take_in(done, variant, found[variant])


def _groups(
    variant: Variant, number: int, generator: random.Random
) -> Iterator[Group[tuple[int, int], TimingOutcome]]:
    for group in range(variant.cores):
        jobs = [
            Job((group, place), request(variant, arm, number))
            for place, arm in enumerate(variant.arms)
        ]
        generator.shuffle(jobs)
        if variant.slice_ms is None:
            yield from (Group((job,)) for job in jobs)
        else:
            yield Group(tuple(jobs), PHASES, variant.turns, int(variant.slice_ms * 1e6))


def request(variant: Variant, arm: str, seed: int) -> TimingRequest:
    """What is measured of one arm."""
    cell = CellRequest(
        builder=BUILDERS[arm],
        architecture="scenarios.architectures:mlp",
        arguments={},
        architecture_arguments={},
        deferred=False,
        patch=None,
        lifecycle=None,
        inputs=(),
        call_mode="function",
        device="cpu",
        layers=variant.layers,
        batch=32,
        iterations=20,
        seed=seed,
        threads=variant.threads,
    )
    return TimingRequest(cell, None if variant.slice_ms is None else 50_000_000)


def take_in(
    done: Sequence[Completed[tuple[int, int], TimingOutcome]], variant: Variant, found: Found
) -> None:
    """Add what came of one set of groups. Raises ``RuntimeError`` for a failure."""
    spans: dict[tuple[int, int], dict[str, Span]] = {}
    for each in done:
        if isinstance(each.outcome, Failure):
            raise RuntimeError(f"{variant.name}: {each.outcome.reason}")
        own = [span for span in each.outcome.spans if span.phase not in ITERATING]
        calls = [span for span in each.outcome.spans if span.phase in ITERATING]
        steady = [span for span in calls if span.iteration is not None] or calls
        spans[each.key] = {span.phase: span for span in own} | {
            steady[0].phase: steady[0]._replace(cpu_ns=int(median(map(_of_a_call, steady))))
        }
    for group in range(variant.cores):
        found.groups.append(tuple(spans[group, place] for place in range(len(variant.arms))))
    busy_s = sum((each.process_ns or 0) / each.members for each in done) / 1e9
    found.seconds.append(busy_s / len(done))


def _of_a_call(span: Span) -> float:
    return (span.cpu_ns or 0) / (span.calls or 1)


def tables(found: Mapping[Variant, Found]) -> Iterator[str]:
    """The deviation of identical arms, then the ratios of arms that differ."""
    yield "| variant | seconds | " + " | ".join(COMPARED) + " |"
    yield "| --- | ---: |" + " ---: |" * len(COMPARED)
    for variant in found:
        if len(set(variant.arms)) == 1:
            own = found[variant]
            deviations = (
                pstdev(
                    [ratio for place in others(variant) for ratio in logs(own, phase, place, 1.0)]
                )
                for phase in COMPARED
            )
            cells = " | ".join(f"{each:.3f}" for each in deviations)
            yield f"| {variant.name} | {fmean(own.seconds):.2f} | {cells} |"
    yield ""
    yield "| arm and layers | solo | co-scheduled | as measured, co-scheduled |"
    yield "| --- | ---: | ---: | ---: |"
    for solo, shared in differing(found):
        alone, own = found[solo], found[shared]
        factor = slowdown(alone, own, "construct")
        for place in others(solo):
            effects = [
                logs(alone, "construct", place, 1.0),
                logs(own, "construct", place, factor),
                logs(own, "construct", place, 1.0),
            ]
            numbers = " | ".join(
                f"{math.exp(median(each)):.3f} ± {error(each):.3f}" for each in effects
            )
            yield f"| {solo.arms[place]}, {solo.layers} layers | {numbers} |"


def others(variant: Variant) -> range:
    """The places of the arms that are compared with the first."""
    return range(1, len(variant.arms))


def differing(variants: Iterable[Variant]) -> Iterator[tuple[Variant, Variant]]:
    """Those of ``variants`` whose arms differ: solo and co-scheduled."""
    rest = [variant for variant in variants if len(set(variant.arms)) > 1]
    return zip(rest[::2], rest[1::2], strict=True)


def logs(found: Found, phase: str, place: int, slowdown: float) -> list[float]:
    """The log ratios of the arm at ``place``; what it computed in turns is slowed down so much."""
    return [
        math.log(undisturbed(group[place][phase], slowdown))
        - math.log(undisturbed(group[0][phase], slowdown))
        for group in found.groups
    ]


def undisturbed(span: Span, slowdown: float) -> float:
    """The CPU time that a span would have taken with a core to itself."""
    alone_ns = span.alone_ns or 0
    return ((span.cpu_ns or 0) - alone_ns) / slowdown + alone_ns


def slowdown(solo: Found, shared: Found, phase: str) -> float:
    """How much more CPU time the first arm takes where its core is shared."""
    alone_ns = median(group[0][phase].alone_ns or 0 for group in shared.groups)
    shared_ns = median((group[0][phase].cpu_ns or 0) for group in shared.groups) - alone_ns
    return shared_ns / (median(group[0][phase].cpu_ns or 0 for group in solo.groups) - alone_ns)


def error(values: Sequence[float]) -> float:
    """The standard error of a median of normal values."""
    return 1.25 * pstdev(values) / math.sqrt(len(values))


if __name__ == "__main__":
    raise SystemExit(main())
