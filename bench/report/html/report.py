"""A run as one HTML page: the answer first, then its verdicts, charts, causes and conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.domain.labels import distinction, place_slug
from bench.domain.panel import Setting
from bench.domain.words import without_controls
from bench.report.html.beside import files_beside
from bench.report.html.calls import calls_to_choose
from bench.report.html.curves import curves
from bench.report.html.flame import flame
from bench.report.html.markup import prose, render_html
from bench.report.html.pictures import Picture, is_across, picture
from bench.report.html.verdicts import (
    headline_grid,
    listed_comparisons,
    other_grid,
    without_equivalent,
)
from bench.report.replaced import replaced
from bench.report.run_view import RunView
from bench.report.tables.call_modes import call_mode_tables
from bench.report.tables.claims import checked_with, claims_table
from bench.report.tables.comparisons import growth_table
from bench.report.tables.device import device_tables
from bench.report.tables.explanation import explanation_tables
from bench.report.tables.lifecycle import lifecycle_tables
from bench.report.tables.model import Block
from bench.report.tables.numbers import numbers_tables
from bench.report.tables.run import across_environments, extent, sweep_answers, trust_tables
from bench.report.text.formatting import CONTROLS_FAILED, VERSIONS, duration, memory
from bench.report.text.versions import known_environment
from bench.report.views import Sweep, sweeps

if TYPE_CHECKING:
    from jinja2 import Environment

    from bench.report.charts.layout.style import ArmStyles

_SCRIPTS = ("make", "keep", "comparisons", "curves", "calls", "flame", "copy", "paper", "watch")
"""In the order in which they run."""


@dataclass(frozen=True)
class Watched:
    """How far a run is that goes on, in words, and the version of what is known of it."""

    text: str
    version: str


class HtmlExporter:
    """A page that needs no other file and no network."""

    suffix = ".html"

    def render(self, view: RunView) -> bytes:
        """The page, with charts drawn for it. Raises ``OSError`` where there is no room for them.

        A chart that cannot be drawn is left out, with a line on standard error.
        """
        return _with_charts(view, in_run_folder=False)


def report_in_run_folder(view: RunView) -> bytes:
    """The same page with links to the files of the run folder, for ``write_report``."""
    return _with_charts(view, in_run_folder=True)


def render_waiting(run: str, questions: Sequence[str], watched: Watched) -> bytes:
    """The page of a run before its first round has ended, UTF-8."""
    page = _templates().get_template("waiting.html")
    return page.render(run=run, questions=questions, watched=watched).encode()


def render_report(
    view: RunView,
    charts: Sequence[Path],
    watched: Watched | None = None,
    *,
    in_run_folder: bool = False,
) -> bytes:
    """The page of ``view``, UTF-8, which shows those of ``charts`` that are SVG files.

    Where the run is ``watched`` it asks its server for what is new, at the address ``state``. A
    page that ``write_report`` puts ``in_run_folder`` has links to the files there.
    """
    from bench.report.charts.layout.style import arm_styles

    findings = view.findings
    styles = arm_styles(findings)
    pictures = {path.stem: path for path in charts if path.suffix == ".svg"}
    found = [sweep for sweep in sweeps(findings) if sweep.cells]
    across = [stem for stem in pictures if is_across(stem)]
    lead, *answers = findings.answer or ("Nothing was measured.",)
    page = (
        _templates()
        .get_template("report.html")
        .render(
            findings=findings,
            plan=view.plan,
            questions=list(findings.questions.items()),
            lead=lead,
            answers=answers,
            facts=_facts(view),
            controls_failed=None if findings.controls_passed else CONTROLS_FAILED,
            settings=[_setting(view, each, found, pictures, styles) for each in found],
            pictures=_of_no_setting(found, pictures, across),
            environments=_html(across_environments(findings, in_words=True)),
            environment_pictures=[picture(pictures[stem]) for stem in across],
            compared=not all(each.is_of_one_arm for each in found),
            call_modes=_html(call_mode_tables(findings)),
            floor=duration(findings.margin_floor_s),
            calls=list(calls_to_choose(findings)),
            why=[(_html(explanation_tables(each)), flame(each)) for each in view.explanations],
            claims=_html([claims_table(view.claims)]),
            checked_with=checked_with(view.claims),
            comparisons=list(listed_comparisons(findings)),
            trust=_html(trust_tables(findings)),
            conditions=_conditions(view, found),
            command=view.command,
            called=view.called or findings.run,
            files=files_beside(view.path) if in_run_folder else [],
            watched=watched,
        )
    )
    return page.encode()


def _with_charts(view: RunView, *, in_run_folder: bool) -> bytes:
    from bench.report.charts.draw import draw_charts

    with TemporaryDirectory(prefix="bench-report-") as folder:
        charts = draw_charts(view.findings, Path(folder), ("svg",))
        return render_report(view, charts, in_run_folder=in_run_folder)


def write_report(run: Path, page: bytes) -> Path:
    """Put ``page`` into the folder ``run`` as ``report/index.html``, and return its path.

    It is there as a whole or not at all. Raises ``OSError`` where it cannot be written.
    """
    path = run / "report" / "index.html"
    path.parent.mkdir(exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_bytes(page)
    return path


@lru_cache(maxsize=1)
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bench.report.html", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: without_controls(value) if type(value) is str else value,
    )
    made.filters["prose"] = prose
    folder = files("bench.report.html")
    made.globals["style"] = (folder / "report.css").read_text(encoding="utf-8")
    scripts = {name: (folder / f"scripts/{name}.js").read_text("utf-8") for name in _SCRIPTS}
    made.globals["watch_script"] = scripts.pop("watch")
    made.globals["script"] = "\n".join(('"use strict";', *scripts.values()))
    return made


def _html(blocks: Any) -> Any:
    return render_html(blocks)


def _setting(
    view: RunView,
    sweep: Sweep,
    found: Sequence[Sweep],
    pictures: Mapping[str, Path],
    styles: ArmStyles,
) -> dict[str, object]:
    """What the page says of one setting."""
    growth = growth_table(sweep)
    details: list[Block] = [*([growth] if growth else []), *device_tables(sweep)]
    details += lifecycle_tables(sweep, view.findings)
    anchor = _slug(sweep, found)
    named = distinction(sweep.place, [other.place for other in found])
    other, alike = without_equivalent(other_grid(sweep, view.findings.margin))
    return {
        "name": named,
        "anchor": anchor,
        "said": _html([sweep_answers(sweep)]),
        "headline": headline_grid(sweep, view.findings.margin),
        "other": other,
        "alike": alike,
        "curves": curves(sweep, styles, anchor, named),
        "pictures": [picture(pictures[stem], anchor) for stem in _stems(sweep, found, pictures)],
        "numbers": _html(numbers_tables(sweep)),
        "details": _html(details),
    }


def _slug(sweep: Sweep, found: Sequence[Sweep]) -> str:
    return place_slug(sweep.place, among=[other.place for other in found])


def _stems(sweep: Sweep, found: Sequence[Sweep], pictures: Mapping[str, Path]) -> list[str]:
    """The names of the files with the charts of ``sweep``: its slug, and their kind."""
    before = f"{_slug(sweep, found)}-"
    return [stem for stem in pictures if stem.startswith(before) and "-" not in stem[len(before) :]]


def _of_no_setting(
    found: Sequence[Sweep], pictures: Mapping[str, Path], across: Sequence[str]
) -> list[Picture]:
    shown = {*across, *(stem for sweep in found for stem in _stems(sweep, found, pictures))}
    return [picture(path) for stem, path in pictures.items() if stem not in shown]


def _facts(view: RunView) -> list[str]:
    """What stands below the answer: how long, how sure, with what and when."""
    environment = known_environment(view.findings)
    versions = [
        f"{name} {environment[key]}" for key, name in VERSIONS.items() if environment.get(key)
    ]
    return [
        *extent(view.findings),
        *versions,
        *(str(environment[key]) for key in ("cpu", "platform", "date") if environment.get(key)),
    ]


def _conditions(view: RunView, found: Sequence[Sweep]) -> list[tuple[str, str]]:
    """What all settings share, the environment, and what of the plan decides what was measured."""
    factors = {name: {getattr(each.place, name) for each in found} for name in Setting.model_fields}
    shared = {name: values.pop() for name, values in factors.items() if len(values) == 1}
    plan = view.plan
    batches = {plan.batch_of(cell) or plan.batch for cell in plan.cells()}
    planned = {
        "seed": plan.seed,
        "batch": ", ".join(map(str, sorted(batches))),
        "rounds at most": plan.rounds,
        "budget": f"{plan.budget_s:g} s",
        "replicates": plan.replicates,
        "processes side by side": plan.jobs,
        "isolation": plan.isolation,
    }
    every = {**shared, **known_environment(view.findings), **planned}
    return [_condition(name, value) for name, value in every.items() if value is not None]


def _condition(name: str, value: object) -> tuple[str, str]:
    if name.endswith("_bytes") and isinstance(value, int):
        return name.removesuffix("_bytes").replace("_", " "), memory(value)
    return name.replace("_", " "), str(value)
