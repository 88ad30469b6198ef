"""How arms should share a core: the tables of docs/method.md, measured on this machine.

Every variant is measured in fresh zygotes, in random order, in groups of identical arms. Their log
ratios show the deviation that a way to share leaves. Take an hour in which nothing else
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


@dataclass(frozen=True)
class Variant:
    """One way to measure so many ``members`` that do the same; all are compared with the first.

    Without a slice each has a core to itself. ``cores`` groups are under way at once.
    """

    name: str
    members: int
    slice_ms: float | None = None
    cores: int = 1
    threads: int | None = None
    turns: tuple[str, ...] = ("compile",)


READS_MEMORY = "import numpy; values = numpy.zeros(1 << 24)\nwhile True: values.sum()"

VARIANTS = (
    Variant("solo", 3),
    Variant("2 members, 3 ms", 2, slice_ms=3),
    Variant("3 members, 1.5 ms", 3, slice_ms=1.5),
    Variant("3 members, 3 ms", 3, slice_ms=3),
    Variant("3 members, 5 ms", 3, slice_ms=5),
    Variant("3 members, 10 ms", 3, slice_ms=10),
    Variant("4 members, 3 ms", 4, slice_ms=3),
    Variant("7 members, 3 ms", 7, slice_ms=3),
    Variant("3 members, 3 ms, no turns", 3, slice_ms=3, turns=()),
    Variant("3 members, 3 ms, one framework thread", 3, slice_ms=3, threads=1),
    Variant("3 members, 3 ms, both cores", 3, slice_ms=3, cores=2),
    Variant("4 members, 3 ms, both cores", 4, slice_ms=3, cores=2),
    *(
        Variant(f"4 members, {each} ms, both cores, no turns", 4, slice_ms=each, cores=2, turns=())
        for each in (3, 1, 0.4)
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
    variants = (VARIANTS[0], VARIANTS[3]) if options.small else VARIANTS
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
        interpreter.send(request(VARIANTS[0], number), LIMITS, cores[-1], rehearses=True)
        interpreter.receive()
        for variant in asked:
            dispatcher = Dispatcher(LIMITS, lambda *_: interpreter, cores[-variant.cores :])
            done = list(dispatcher.run_groups(list(_groups(variant, number, generator))))
            take_in(done, variant, found[variant])


def _groups(
    variant: Variant, number: int, generator: random.Random
) -> Iterator[Group[tuple[int, int], TimingOutcome]]:
    for group in range(variant.cores):
        jobs = [Job((group, place), request(variant, number)) for place in range(variant.members)]
        generator.shuffle(jobs)
        if variant.slice_ms is None:
            yield from (Group((job,)) for job in jobs)
        else:
            yield Group(tuple(jobs), PHASES, variant.turns, int(variant.slice_ms * 1e6))


def request(variant: Variant, seed: int) -> TimingRequest:
    """What is measured of one member."""
    cell = CellRequest(
        builder="scenarios.builders:inline",
        architecture="scenarios.architectures:mlp",
        arguments={},
        architecture_arguments={},
        deferred=False,
        patch=None,
        lifecycle=None,
        inputs=(),
        call_mode="function",
        device="cpu",
        layers=16,
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
        found.groups.append(tuple(spans[group, place] for place in range(variant.members)))
    busy_s = sum((each.process_ns or 0) / each.members for each in done) / 1e9
    found.seconds.append(busy_s / len(done))


def _of_a_call(span: Span) -> float:
    return (span.cpu_ns or 0) / (span.calls or 1)


def tables(found: Mapping[Variant, Found]) -> Iterator[str]:
    """The deviation of log ratios of members that do the same, of each variant and phase."""
    yield "| variant | ratios | seconds | " + " | ".join(COMPARED) + " |"
    yield "| --- | ---: | ---: |" + " ---: |" * len(COMPARED)
    for variant, own in found.items():
        ratios = {
            phase: [
                ratio for place in range(1, variant.members) for ratio in logs(own, phase, place)
            ]
            for phase in COMPARED
        }
        count = len(ratios[COMPARED[0]])
        cells = " | ".join(f"{pstdev(each):.3f}" for each in ratios.values())
        yield f"| {variant.name} | {count} | {fmean(own.seconds):.2f} | {cells} |"


def logs(found: Found, phase: str, place: int) -> list[float]:
    """The log ratios of the member at ``place`` to the first, one for each group."""
    return [
        math.log(group[place][phase].cpu_ns or 0) - math.log(group[0][phase].cpu_ns or 0)
        for group in found.groups
    ]


if __name__ == "__main__":
    raise SystemExit(main())
