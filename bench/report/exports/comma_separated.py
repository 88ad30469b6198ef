"""The comparisons of a run as comma-separated values, for spreadsheets and data frames."""

from __future__ import annotations

import csv
from io import StringIO

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.report.run_view import RunView

_COLUMNS = ("run", *ComparisonFinding.model_fields)


class CsvExporter:
    """A row for each comparison; the columns are the run and the fields of a comparison."""

    suffix = ".csv"

    def render(self, view: RunView) -> bytes:
        """A header, then the comparisons in the order of the findings.

        A value that is not known is an empty field. Warnings are their texts, ``; `` between them.
        """
        text = StringIO()
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_row(view.findings, each) for each in view.findings.comparisons)
        return text.getvalue().encode()


def _row(findings: Findings, comparison: ComparisonFinding) -> dict[str, object]:
    warnings = "; ".join(each.text for each in comparison.warnings)
    return {"run": findings.run, **comparison.model_dump(mode="json"), "warnings": warnings}
