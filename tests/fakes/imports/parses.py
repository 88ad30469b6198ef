"""Parses the command line while it is imported, as scripts do."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from tests.fakes.framework import Model

_parser = argparse.ArgumentParser()
_parser.add_argument("--units", type=int, default=8)
_units = _parser.parse_args().units


def build(layers: Iterable[Any]) -> Model:
    assert _units == 8
    return Model(layers)
