"""Plans of the suite's own scenarios, on a machine of two cores and 8 GiB."""

from __future__ import annotations

from typing import Any

from bench.domain.design.plan import Plan
from bench.planning import registry
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions

GIB = 1 << 30


def composed(*names: str, preset: str = "quick", **wishes: Any) -> Plan:
    known = registry.scenarios()
    chosen = {name: known[name] for name in names}
    wanted = RunOptions(free_memory_bytes=8 * GIB, seed=1, cores=2, **wishes)
    return compose(chosen, PRESETS[preset], wanted, "python")
