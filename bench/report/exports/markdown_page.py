"""A run as a Markdown page: the questions, the answers, their tables, and why arms differ."""

from __future__ import annotations

from bench.report.markdown import verdicts
from bench.report.markdown_tables import code, escaped, render_markdown
from bench.report.run_view import RunView
from bench.report.tables.explanation import explanation_tables


class MarkdownExporter:
    """A page to paste into an issue or a pull request."""

    suffix = ".md"

    def render(self, view: RunView) -> bytes:
        """The page, which begins with the id of the run as its title."""
        questions = (
            f"{code(scenario)}: {escaped(question)}"
            for scenario, question in view.findings.questions.items()
        )
        why = (render_markdown(explanation_tables(each)) for each in view.explanations)
        title = f"# {code(view.findings.run)}"
        parts = (title, *questions, verdicts(view.findings), *why)
        return ("\n\n".join(parts) + "\n").encode()
