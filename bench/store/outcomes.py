"""Outcomes of passes as JSON documents: ``status`` is ``ok``, or the kind of a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from bench.domain.findings.evidence import Failure, OutputsOutcome, ProfileOutcome

_OUTPUTS = TypeAdapter(OutputsOutcome)
_PROFILE = TypeAdapter(ProfileOutcome)
_OK = "ok"


def profile_document(outcome: ProfileOutcome | Failure) -> dict[str, Any]:
    """The document of a profile; the paths of its files are left out, since they move."""
    if isinstance(outcome, Failure):
        return {"status": outcome.kind, "reason": outcome.reason, "phase": outcome.phase}
    fields: dict[str, Any] = _PROFILE.dump_python(replace(outcome, files=()), mode="json")
    del fields["files"]
    return {"status": _OK, **fields}


def profile_outcome(document: Mapping[str, Any]) -> ProfileOutcome | Failure:
    """The outcome that ``document`` holds. Raises ``ValidationError`` where it holds none."""
    if document["status"] == _OK:
        return _PROFILE.validate_python(dict(document))
    return Failure(document["status"], document["reason"], document.get("phase"))


def outputs_document(outcome: OutputsOutcome | Failure) -> dict[str, Any]:
    """The document of what a model answers, or why that is not known."""
    if isinstance(outcome, Failure):
        return {"outputs": None, "failed": outcome.reason}
    return {"outputs": _OUTPUTS.dump_python(outcome, mode="json"), "failed": None}


def outputs_outcome(document: Mapping[str, Any]) -> OutputsOutcome:
    """What is under ``outputs`` in such a document. Raises ``ValidationError``."""
    return _OUTPUTS.validate_python(dict(document))
