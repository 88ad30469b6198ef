"""The environment pass: versions of what will be measured, and whether every reference resolves."""

from __future__ import annotations

import platform

from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.instruments.process_settings import changes, process_settings
from bench.worker.linux import fork_memory
from bench.worker.references import UnresolvedReference, resolve
from bench.worker.wire.outcomes import EnvironmentOutcome
from bench.worker.wire.requests import EnvironmentRequest


def run(
    framework: Framework, request: EnvironmentRequest, hooks: ProcessHooks
) -> EnvironmentOutcome:
    """Report versions, whether forks can be populated, and which references do not resolve."""
    before = process_settings(framework.settings())
    bad = {}
    for reference in request.references:
        try:
            resolve(reference)
        except UnresolvedReference as error:
            bad[reference] = str(error)
    return EnvironmentOutcome(
        versions={"python": platform.python_version(), **framework.versions()},
        populate=fork_memory.populate_is_supported(),
        bad=bad,
        changed=changes(before, process_settings(framework.settings())),
    )
