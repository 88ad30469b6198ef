"""The table of samples: one row per phase of an invocation, and per iteration where one iterates.

Times are integer nanoseconds, memory integer bytes. A phase that iterates has one row for its whole
span, with no ``iteration``, and one row per call, numbered from 0, that carries times only.
Invocations of a round with the same ``group`` shared a core; null where one had it to itself. For
``alone_ns`` at the end of a phase, all others had ended theirs. A phase that iterates is timed
there as one block, of so many ``calls``.
``probe_ns`` is what the probe's loop took on the phase's core while the phase ran, the harmonic
mean of ``probe_readings`` readings; null where no probe ran.
``note``, in the row of a whole invocation, says what the suite made up of its data.
"""

from __future__ import annotations

import pyarrow as pa

from bench.store.migrations import PARTS_SCHEMA

_TEXT = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        pa.field("round", pa.int32(), nullable=False),
        pa.field("order", pa.int32(), nullable=False),
        pa.field("scenario", _TEXT),
        pa.field("architecture", _TEXT),
        pa.field("layers", pa.int32()),
        pa.field("batch", pa.int32()),
        pa.field("call_mode", _TEXT),
        pa.field("device", _TEXT),
        pa.field("backend", _TEXT),
        pa.field("environment", _TEXT),
        pa.field("arm", _TEXT),
        pa.field("placebo", pa.bool_()),
        pa.field("interpreter", pa.int32(), nullable=False),
        pa.field("core", pa.int32()),
        pa.field("replicate", pa.int32()),
        pa.field("group", pa.int32()),
        pa.field("phase", _TEXT, nullable=False),
        pa.field("iteration", pa.int32()),
        pa.field("calls", pa.int32()),
        pa.field("start_ns", pa.int64()),
        pa.field("wall_ns", pa.int64()),
        pa.field("cpu_ns", pa.int64()),
        pa.field("run_delay_ns", pa.int64()),
        pa.field("alone_ns", pa.int64()),
        pa.field("probe_ns", pa.int64()),
        pa.field("probe_readings", pa.int32()),
        pa.field("memory_change_bytes", pa.int64()),
        pa.field("memory_peak_bytes", pa.int64()),
        pa.field("minor_faults", pa.int64()),
        pa.field("major_faults", pa.int64()),
        pa.field("voluntary_switches", pa.int64()),
        pa.field("involuntary_switches", pa.int64()),
        pa.field("device_memory_bytes", pa.int64()),
        pa.field("device_peak_bytes", pa.int64()),
        pa.field("device_energy_mj", pa.int64()),
        pa.field("device_power_mw", pa.int64()),
        pa.field("device_temperature_c", pa.int32()),
        pa.field("device_clock_mhz", pa.int32()),
        pa.field("device_throttle_reasons", pa.int64()),
        pa.field("device_processes", pa.int32()),
        pa.field("status", _TEXT, nullable=False),
        pa.field("reason", pa.string()),
        pa.field("note", _TEXT),
    ],
    metadata={"schema": str(PARTS_SCHEMA)},
)
"""Rows of a zygote belong to no cell (``import``): their factors and arm are null.

``phase`` is ``invocation`` for the row that holds an invocation's own end-to-end span. A failed
invocation has rows of the phases that it had ended, and then one with its ``status`` and
``reason``, whose phase is the one it had reached. A phase
that failed while its lifecycle went on has a row with both, and no times.
"""
