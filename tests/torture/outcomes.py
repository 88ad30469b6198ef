"""Changes what invocations answer: it is refused, or can be stored, and read as it was stored."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.received import received
from bench.execution.processes.requests import cell_request, limits_of
from bench.execution.rounds.plausible import plausible
from bench.execution.rounds.rows import invocation_rows
from bench.planning.order import PlannedInvocation
from bench.store.outcomes import profile_document
from bench.store.schema import SCHEMA
from bench.store.soundness import check_samples
from bench.worker.wire.channel import Answer, from_json, to_json
from bench.worker.wire.codec import WireError
from bench.worker.wire.requests import (
    FactsRequest,
    GrowthRequest,
    OutputsRequest,
    PassRequest,
    ProfileRequest,
    StructureRequest,
    TimingRequest,
    WorkRequest,
)
from tests.fakes.plan import fake_plan
from tests.torture.campaign import Wrong
from tests.torture.ways import change_value, places_of


class Outcomes:
    """Trials on answers of every pass over a cell, of real invocations of the fake framework."""

    def __init__(self, scratch: Path) -> None:
        self._plan = fake_plan("good", "raises", layers=(2,), rounds=1)
        self._run = scratch
        good, bad, *_ = self._plan.cells()
        cell, failing = (cell_request(self._plan, each) for each in (good, bad))
        requests: list[PassRequest[Any]] = [
            *(TimingRequest(cell), TimingRequest(cell), TimingRequest(failing)),
            TimingRequest(cell, block_ns=10**6),
            *(StructureRequest(cell), WorkRequest(cell, None), GrowthRequest(cell)),
            *(FactsRequest(cell), OutputsRequest(cell, ("function",))),
            ProfileRequest(cell, str(scratch / "profile"), None),
        ]
        spec = LaunchSpec(sys.executable, "tests.fakes.framework", "fork", seed=1)
        jobs = [
            Job((PlannedInvocation(number, bad if number == 2 else good, 0), request), request)
            for number, request in enumerate(requests)
        ]
        with Dispatcher(limits_of(self._plan), lambda *_: Interpreter(spec), [None]) as dispatcher:
            self._ended = list(dispatcher.run(jobs))

    def trial(self, generator: random.Random) -> str:
        """Change one answer in one to three places, and receive it."""
        ended = generator.choice(self._ended)
        invocation, request = ended.key
        text = to_json(Answer(ended.outcome, None))
        document = json.loads(text)
        change = generator.choice((change_value, _change_number))
        done = [change(document, generator) for _ in range(generator.randint(1, 3))]
        what = f"{type(request).__name__}: {'; '.join(done)}"
        try:
            return self._received(invocation, request, ended, _written(document, generator))
        except Exception as error:
            raise Wrong(f"{what}: {error!r}") from error

    def _received(
        self,
        invocation: PlannedInvocation,
        request: PassRequest[Any],
        ended: Completed[Any, Any],
        text: bytes,
    ) -> str:
        try:
            answer = from_json(Answer, text)
        except WireError as error:
            if "\n" in str(error) or len(str(error)) > 500:
                raise Wrong(f"refused in more than a line: {str(error)!a}") from error
            return "refused"
        outcome = received(request, answer.outcome)
        if isinstance(request, TimingRequest):
            timed = plausible(
                self._plan,
                Completed(invocation, outcome, None, 0, process_ns=ended.process_ns),
            )
            rows = invocation_rows(0, timed, lambda *_: None)
            samples = pa.Table.from_pylist(list(rows), schema=SCHEMA).to_pandas()
            check_samples(samples, self._plan, self._run)
            outcome = timed.outcome
        elif not isinstance(outcome, Failure) and isinstance(request, ProfileRequest):
            json.dumps(profile_document(outcome)).encode()
        if isinstance(outcome, Failure):
            outcome.reason.encode()
            return "failed"
        return "timed" if isinstance(outcome, TimingOutcome) else "believed"


def _change_number(document: object, generator: random.Random) -> str:
    places = [(held, key) for held, key in places_of(document) if type(held[key]) is int]
    if not places:
        return change_value(document, generator)
    held, key = generator.choice(places)
    held[key] = generator.choice([0, 1, held[key] + 1, held[key] * 2, -held[key], 2**62])
    return f"{key!r} is {held[key]}"


def _written(document: object, generator: random.Random) -> bytes:
    text = json.dumps(document)
    if generator.random() < 0.1:
        place = generator.randrange(len(text))
        text = generator.choice([text[:place], text[:place] + "\x00\udcff" + text[place:]])
    return text.encode(errors="surrogatepass")
