"""Builders that look at the program they run in, or start it again."""

from __future__ import annotations

import argparse
import math
import multiprocessing
import pickle
import sys
from collections.abc import Iterable
from typing import Any

from tests.fakes.framework import Model


def spawns_a_process(layers: Iterable[Any]) -> Model:
    process = multiprocessing.get_context("spawn").Process(target=math.sqrt, args=(4,))
    process.start()
    process.join(15)
    assert process.exitcode == 0
    return Model(layers)


def spawns_a_pool(layers: Iterable[Any]) -> Model:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(doubled, [1, 2]) == [2, 4]
    return Model(layers)


def uses_a_forkserver(layers: Iterable[Any]) -> Model:
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        assert pool.map(math.sqrt, [4.0]) == [2.0]
    return Model(layers)


def doubled(value: int) -> int:
    return 2 * value


def reads_the_command_line(layers: Iterable[Any]) -> Model:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=8)
    assert parser.parse_args().units == 8
    assert len(sys.argv) == 1
    assert not [word for word in getattr(sys, "orig_argv", [])[1:] if "zygote" in word]
    return Model(layers)


def pickles_what_main_has(layers: Iterable[Any]) -> Model:
    main = sys.modules["__main__"]
    assert not hasattr(main, "__file__")
    assert not [name for name in vars(main) if not name.startswith("__")]
    assert pickle.loads(pickle.dumps(doubled))(2) == 4
    return Model(layers)
