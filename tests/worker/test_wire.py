"""Everything on the wire comes out as it went in, and nothing else does."""

from __future__ import annotations

import json
import socket
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.domain.findings.evidence import Failure, GrowthOutcome
from bench.domain.findings.timing import Span, TimingOutcome
from bench.store.schema import SCHEMA
from bench.worker.wire.channel import (
    Answer,
    Channel,
    Ended,
    FromZygote,
    Invocation,
    Ready,
    StartedInvocation,
    ZygoteConfiguration,
    from_json,
    to_json,
)
from bench.worker.wire.codec import WireError, decode, encode
from bench.worker.wire.outcomes import Outcome
from bench.worker.wire.requests import (
    EnvironmentRequest,
    GrowthRequest,
    Request,
    TimingRequest,
    checked_outcome,
)
from tests.fakes.requests import cell

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children),
    max_leaves=4,
)
MESSAGES = (Ready, Answer, Ended, Invocation, StartedInvocation, ZygoteConfiguration)
KINDS = (*MESSAGES, *get_args(Request), *get_args(Outcome))

st.register_type_strategy(object, JSON)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_type_reads_back_as_it_was_written(kind: Any, data: st.DataObject) -> None:
    value = data.draw(st.builds(kind))
    assert from_json(kind, to_json(value)) == value


def written(value: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json(value))
    return found


@pytest.mark.parametrize(
    "value",
    [
        TimingRequest(cell()),
        TimingOutcome(1, (Span("construct", "ok"),)),
        Ready(import_ns=None, import_cpu_ns=None),
        Failure("crashed", "no such luck"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_unknown_and_missing_keys_are_refused(value: Any) -> None:
    kind, document = type(value), written(value)
    with pytest.raises(WireError, match=f"{kind.__name__} has an unknown key 'colour'"):
        decode(kind, {**document, "colour": "red"})
    missing = next(iter(document.keys() - {"type"}))
    with pytest.raises(WireError, match=f"{kind.__name__} lacks the key '{missing}'"):
        decode(kind, {key: each for key, each in document.items() if key != missing})


def test_unknown_key_of_a_part_is_refused_where_it_stands() -> None:
    document = written(TimingOutcome(1, (Span("construct", "ok"),)))
    document["spans"][0]["joules"] = 5
    with pytest.raises(WireError, match="TimingOutcome: Span has an unknown key 'joules'"):
        decode(TimingOutcome, document)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"timeout_s": "long"}, "'long' is no float"),
        ({"core": 1.5}, "1.5 is no int"),
        ({"id": True}, "True is no int"),
        ({"request": {"type": "Nonsense"}}, "is no TimingRequest or"),
    ],
)
def test_value_of_another_type_is_refused(changes: dict[str, Any], words: str) -> None:
    invocation = Invocation(1, "files", None, 1.0, 1, EnvironmentRequest(()))
    with pytest.raises(WireError, match=words):
        decode(Invocation, {**written(invocation), **changes})


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400])
def test_number_beyond_64_bits_is_refused(number: int) -> None:
    with pytest.raises(WireError, match="does not fit into 64 bits"):
        from_json(Ready, f'{{"type": "Ready", "import_ns": {number}, "import_cpu_ns": 1}}')


def test_half_a_letter_is_written_as_an_escape() -> None:
    failed = from_json(Failure, to_json(Failure("crashed", "a file named \udcff")))
    assert failed.reason == "a file named \\udcff"


def test_list_within_lists_without_end_is_refused() -> None:
    with pytest.raises(WireError, match="a message is no JSON"):
        from_json(Ready, "[" * 100_000)


def test_message_of_another_kind_is_refused() -> None:
    with pytest.raises(WireError, match="Ended has an unknown key 'import_cpu_ns'"):
        decode(Ended, written(Ready(1, 2)))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(WireError, match="a message is no JSON"):
        from_json(Ready, b"{half")


def test_foreign_objects_are_not_sent() -> None:
    with pytest.raises(WireError, match="a set cannot be sent"):
        encode({"builders": {1, 2}})
    with pytest.raises(WireError, match="a key that is no text"):
        encode({1: "one"})


def test_outcome_of_another_pass_is_refused() -> None:
    grown = GrowthOutcome((), {})
    assert checked_outcome(GrowthRequest(cell()), grown) is grown
    with pytest.raises(WireError, match="TimingRequest was answered by a GrowthOutcome"):
        checked_outcome(TimingRequest(cell()), grown)


def test_every_meter_of_a_span_is_a_column_of_the_samples() -> None:
    assert set(Span._fields) <= set(SCHEMA.names)


def test_channel_joins_what_arrives_in_pieces_and_notices_the_end() -> None:
    ours, theirs = socket.socketpair()
    channel: Channel[FromZygote] = Channel(ours, Ready, Ended)
    message = to_json(Ready(1, 2)).encode() + b"\n"
    theirs.sendall(message[:9])
    assert channel.receive() == []
    theirs.sendall(message[9:] + message)
    assert channel.receive() == [Ready(1, 2)] * 2
    theirs.close()
    assert (channel.receive(), channel.closed) == ([], True)
    channel.close()
