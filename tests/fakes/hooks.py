"""What the process of an invocation offers to a pass, where nothing of it matters."""

from __future__ import annotations

from bench.worker.hooks import ProcessHooks

HOOKS = ProcessHooks(
    folder="",
    announce=lambda _: None,
    quiesce=lambda: None,
    align=lambda _: None,
    alone_ns=lambda: None,
)
