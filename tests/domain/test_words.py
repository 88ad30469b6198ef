"""Words that a file can hold, whatever bytes a user's paths and variables have."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.domain.surroundings import variables
from bench.domain.words import storable


@pytest.mark.parametrize("text", ["", "plain", "café", "a\u2028b\n", "\U0001f600", "a\\udce9"])
def test_text_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


def test_bytes_that_are_no_text_are_escaped() -> None:
    assert storable(os.fsdecode(b"caf\xe9/\xff.py")) == "caf\\udce9/\\udcff.py"


@given(st.binary())
def test_any_path_can_be_stored(path: bytes) -> None:
    found = storable(os.fsdecode(path))
    assert json.loads(json.dumps(found, ensure_ascii=False).encode()) == found
    assert storable(found) == found


def test_variables_that_matter_can_be_stored_whatever_their_bytes() -> None:
    process = {"TF_OF_MINE": os.fsdecode(b"\xe9"), "XLA_FLAGS": "--x=é", "HOME": "/nowhere"}
    assert variables(process) == {"TF_OF_MINE": "\\udce9", "XLA_FLAGS": "--x=é"}
