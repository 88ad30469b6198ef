"""What README and docs say of all published runs, made from their findings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from bench.api.run import open_run
from bench.domain.findings.run import Findings
from bench.report.markdown_tables import code, escaped
from bench.report.text.formatting import NBSP, duration, ratio, ratio_interval
from bench.report.text.joint import joint_claims, joint_sentence
from bench.report.text.versions import made_with
from bench.runs.findings import current_findings
from bench.store.run_folder import RunFolder
from scripts.published_runs import CALIBRATION, PAGES, PUBLISHED

T = TypeVar("T")


def published_findings(name: str) -> Findings:
    """What the samples of the published run ``name`` say."""
    return current_findings(RunFolder(PUBLISHED / name))


def index() -> str:
    """A line on each published run: its folder, its page, its answer, and how it was made."""
    pages = {**{name: page.text for name, page in PAGES.items()}, CALIBRATION: "docs/method.md"}
    return "".join(f"- {_told(name, pages[name])}\n" for name in pages)


def _told(name: str, page: str) -> str:
    findings = published_findings(name)
    question = next(iter(findings.questions.values()), "")
    answer = "" if name == CALIBRATION else findings.answer[0]
    links = f"[{code(name)}](../results/published/{name}) ([page]({page.removeprefix('docs/')}))"
    said = f"*{escaped(question)}* {escaped(answer)}".strip()
    return f"{links}: {said} ({escaped(made_with(findings))})"


def difference() -> str:
    """What the README says of what the build style costs, with 64 layers."""
    findings = published_findings("build_style")
    at = {"architecture": "mlp", "layers": 64}
    lines = []
    for phase, title in (
        ("construct", "construction"),
        ("time_to_first_inference", "construction to first prediction"),
    ):
        wanted = {**at, "phase": phase}
        found = _the(findings.timings, {**wanted, "arm": "incremental"})
        inline = _the(findings.timed_cells, {**wanted, "arm": "inline"})
        lines.append(
            f"- {title} takes {ratio(found.ratio or math.nan)} times as long "
            f"{ratio_interval(found)}; inline takes {duration(inline.value)}"
        )
    return (";\n".join(lines) + ".\n").replace(NBSP, " ")


def _the(found: Iterable[T], wanted: Mapping[str, object]) -> T:
    """The one of ``found`` that has these values."""
    (one,) = [each for each in found if all(getattr(each, k) == v for k, v in wanted.items())]
    return one


def nothing_else() -> str:
    """What the README says of all that the build style does not change."""
    findings = published_findings("build_style")
    claims = (each for each in joint_claims(findings) if each.verdict == "equivalent")
    sentences = (joint_sentence(each, findings).replace(NBSP, " ") for each in claims)
    sentence = next(sentences, "No later phase was found to differ")
    return f"{sentence}.\n"


def example() -> str:
    """What ``bench show`` prints of a small run: the answer and the first table."""
    shown = str(open_run(PUBLISHED / "seed_example").table())
    answer = shown[shown.index("•") :].partition("Other phases")[0]
    lines = [line.rstrip() for line in answer.strip().splitlines()]
    return "\n".join(("```text", *lines, "```", ""))
