"""The findings and explanations of a run as one JSON document."""

from __future__ import annotations

import json

from bench.report.run_view import RunView


class JsonExporter:
    """The document that ``bench show --json`` prints."""

    suffix = ".json"

    def render(self, view: RunView) -> bytes:
        """The findings, with the explanations under the key ``explanations``."""
        document = view.findings.model_dump(mode="json")
        why = [each.model_dump(mode="json") for each in view.explanations]
        return (json.dumps({**document, "explanations": why}, indent=2) + "\n").encode()
