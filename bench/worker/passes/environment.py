"""The environment pass: versions of what will be measured, and whether every reference resolves."""

from __future__ import annotations

import os
import platform
import traceback

from bench.domain.surroundings import read_early, settings
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import IMPORTING, ProcessHooks
from bench.worker.instruments.process_settings import changes, process_settings
from bench.worker.linux import fork_memory
from bench.worker.references import (
    FailedImport,
    UnresolvedReference,
    measured_code,
    positional_parameters,
    resolve,
    shadowed,
)
from bench.worker.wire.outcomes import EnvironmentOutcome
from bench.worker.wire.requests import EnvironmentRequest


def run(
    framework: Framework, request: EnvironmentRequest, hooks: ProcessHooks
) -> EnvironmentOutcome:
    """Report versions and settings, whether forks can be populated, and what names nothing.

    A module that does not import is no matter here: what needs it fails where it is measured.
    """
    hooks.announce(IMPORTING)
    before = process_settings(framework.settings())
    surroundings = {**settings(before), **read_early(os.environ)}
    bad, notes, positional = {}, [], {}
    for reference in request.references:
        try:
            named = positional_parameters(resolve(reference))
            if named is not None:
                positional[reference] = named
        except UnresolvedReference as error:
            bad[reference] = str(error)
        except FailedImport:
            traceback.print_exc()
        notes += shadowed(reference)
    after = process_settings(framework.settings())
    return EnvironmentOutcome(
        versions={"python": platform.python_version(), **framework.versions()},
        populate=fork_memory.populate_is_supported(),
        bad=bad,
        changed=changes(before, after),
        settings=settings(before),
        set_at_import={
            name: value
            for name, value in {**settings(after), **read_early(os.environ)}.items()
            if surroundings.get(name) != value
        },
        notes=tuple(dict.fromkeys(notes)),
        positional=positional,
        code=measured_code(),
    )
