"""The report as a document: everything is in it, and no name becomes markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.domain.findings.run import Findings
from bench.report.html.markup import render_html
from bench.report.html.pictures import picture
from bench.report.html.report import HtmlExporter, render_report, write_report
from bench.report.markdown import verdicts
from bench.report.run_view import RunView
from bench.report.tables.model import Column, LabelledList, Paragraph, Table, TextSpan, row
from bench.report.text.formatting import duration
from tests.analysis.environment_runs import found as concluded
from tests.analysis.environment_runs import plan_of, slower, swept
from tests.analysis.simulated_runs import BUILD_STYLE
from tests.analysis.worked_evidence import worked_explanation
from tests.fakes.plan import fake_plan
from tests.report.findings_factory import findings
from tests.report.test_call_modes import with_call_modes
from tests.store.test_documents import CLAIM

VOID = {"meta", "img", "input"}


class Document(HTMLParser):
    """What a browser finds: how often each element occurs, addresses, and the text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data


def view(found: Findings) -> RunView:
    return RunView(found, (worked_explanation(),), fake_plan(), Path("run"))


def document(found: Findings) -> Document:
    return Document(render_report(view(found), charts=()))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_page_begins_with_the_question_and_its_answer() -> None:
    found = findings()
    shown = words(document(found).text)
    for question in found.questions.values():
        assert question in shown
    places = [shown.index(words(sentence)) for sentence in found.answer]
    assert places == sorted(places)


def test_every_comparison_has_a_row() -> None:
    found = findings()
    page = render_report(view(found), charts=()).decode()
    table = page.partition('<table id="comparisons">')[2].partition("</table>")[0]
    assert table.count("<tr") == 1 + len(found.comparisons)
    counted = Counter(re.findall(r'<span class="verdict (\w+)">', table))
    assert counted == Counter(each.verdict for each in found.comparisons)


@pytest.mark.parametrize("within_margin", [True, False])
def test_effect_that_does_not_matter_is_told_from_one_that_does(within_margin: bool) -> None:
    found = findings(arms=("inline", "functional"), depths=(4,))
    judged = [
        each.model_copy(update={"verdict": "faster", "within_margin": within_margin})
        if each.arm == "functional" and each.headline
        else each.model_copy(update={"verdict": "equivalent", "within_margin": True})
        for each in found.comparisons
    ]
    found = found.model_copy(update={"comparisons": tuple(judged)})
    page = render_report(view(found), charts=()).decode()
    assert (">within the margin</span>" in page) is within_margin
    assert ("faster, within the margin" in verdicts(found)) is within_margin


def test_page_needs_nothing_but_itself() -> None:
    found = document(findings())
    assert all(each.startswith(("#", "data:")) for each in found.addresses)
    anchors = {each for each in found.addresses if each.startswith("#")}
    page = render_report(view(findings()), charts=()).decode()
    assert anchors
    assert all(f'id="{each[1:]}"' in page for each in anchors)


def test_claims_that_were_checked_are_in_the_page() -> None:
    checked = CLAIM.model_copy(update={"claim": "It is <b>cheap</b>.", "verdict": "refuted"})
    without = render_report(view(findings()), charts=())
    page = render_report(replace(view(findings()), claims=(checked,)), charts=())
    shown = words(Document(page).text)
    assert "It is <b>cheap</b>.refutedweights: the same; graph: the same" in shown
    assert "checked with keras 3.15.1" in shown
    assert b'href="#claims"' in page
    assert b'id="claims"' not in without


def test_charts_are_in_the_page_with_what_they_say_in_words() -> None:
    page = HtmlExporter().render(view(findings())).decode()
    address = r'<img src="data:image/svg\+xml,[^"]+" style="[^"]+"'
    alternatives = re.findall(rf'{address} alt="([^"]+)"', page)
    assert len(alternatives) >= 3
    assert all(len(each) > 20 for each in alternatives)


@pytest.mark.parametrize(("drawn", "shown"), [("360pt", 360.0), ("900.5pt", 744.0), ("", 744.0)])
def test_chart_that_is_drawn_small_is_not_blown_up(
    drawn: str, shown: float, tmp_path: Path
) -> None:
    chart = tmp_path / "run-mlp-calibration.svg"
    size = f'width="{drawn}" height="444pt"'
    chart.write_text(f"<svg {size}><dc:title>It</dc:title></svg>")
    assert picture(chart).width == shown
    page = render_report(view(findings()), [chart]).decode()
    assert f'style="max-width: {shown}pt" alt="It.' in page


def test_chart_of_a_calibration_is_not_called_one_of_call_modes(tmp_path: Path) -> None:
    chart = tmp_path / "calibration-mlp-calibration.svg"
    chart.write_text("<svg/>")
    page = render_report(view(findings()), [chart]).decode()
    assert ">Call modes</h2>" not in page
    assert '<a href="#all">The numbers of this chart</a>' in page


@pytest.mark.parametrize(
    "found", [findings(rounds=0), findings(depths=(None,)), findings(rounds=2)]
)
def test_page_of_a_run_without_rounds_or_depths(found: Findings) -> None:
    assert found.run in document(found).text


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "</style><b>", '"onload="x', "{{ 7 * 7 }}", "&amp;", "a\x1b[1mb"],
)
def test_names_are_text(name: str) -> None:
    usual = document(findings(arms=("inline", "other")))
    found = document(findings(arms=("inline", name)))
    # Times are random, and with them how many sentences and intervals there are.
    assert found.elements.keys() == usual.elements.keys()
    assert found.attributes == usual.attributes
    for element in ("html", "head", "body", "script", "style"):
        assert found.elements[element] == usual.elements[element]
    assert name.replace("\x1b", "") in found.text or "\x1b" in name
    assert "\x1b" not in found.text


def test_spans_keep_their_emphasis_and_names_are_code() -> None:
    spans = (TextSpan("a <b>", "bad_strong"), TextSpan("x", is_name=True))
    assert render_html([Paragraph(spans)]) == (
        '<p><span class="bad strong">a &lt;b&gt;</span><code>x</code></p>'
    )


def test_lists_that_follow_each_other_are_one() -> None:
    lists = [LabelledList((each,)) for each in (("a", "1"), ("a", "2"), ("b", "3"))]
    titled = LabelledList((("b", "4"),), "title")
    assert render_html([*lists, titled]) == (
        "<dl><dt>a</dt><dd>1</dd><dt>a</dt><dd>2</dd><dt>b</dt><dd>3</dd></dl>\n"
        "<h4>title</h4><dl><dt>b</dt><dd>4</dd></dl>"
    )


def test_head_stands_above_the_columns_that_continue_it() -> None:
    columns = (Column("arm"), Column("time", "right"), Column("", joins_previous=True))
    text = str(render_html([Table("", columns, (row(("a", "1 ms", "[0, 2]")),))]))
    assert '<th scope="col" class="number" colspan="2">time</th>' in text
    assert text.count("<th scope=") == 3
    assert '<td class="number">1 ms</td><td>[0, 2]</td>' in text


def test_report_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for page in (b"first", b"second"):
        path = write_report(tmp_path, page)
        assert path.read_bytes() == page
    assert [each.name for each in path.parent.iterdir()] == ["index.html"]


def test_environments_are_named_and_have_sections_of_their_own() -> None:
    other = slower(BUILD_STYLE["incremental"], 1.4)
    several = concluded(plan_of("inline", "incremental"), swept(incremental=other))
    page = render_report(view(several), charts=()).decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    shown = words(document(several).text)
    assert "incremental@keras3, with incremental@keras2" in shown
    assert '<th scope="col">environment</th>' in page
    assert "Keras 2.15.0 / 3.15.1" in shown


def test_command_that_measures_again_is_text() -> None:
    page = render_report(replace(view(findings()), command="bench run 'a<b>.py' --seed 7"), [])
    assert (
        '<pre tabindex="0"><code>bench run &#39;a&lt;b&gt;.py&#39; --seed 7</code>' in page.decode()
    )
    assert "Measure it again" not in render_report(view(findings()), []).decode()


def test_memory_of_the_machine_has_a_unit() -> None:
    found = findings().model_copy(update={"environment": {"memory_bytes": 24 << 30}})
    text = render_report(view(found), []).decode()
    assert "<dt>memory</dt><dd>24.0 GiB</dd>" in text


@pytest.mark.parametrize(("margin", "is_told"), [(0.05, False), (0.5, True)])
def test_margin_of_a_millisecond_is_told_where_it_decides(margin: float, is_told: bool) -> None:
    changes = {"verdict": "equivalent", "within_margin": True, "margin": margin}
    found = findings(arms=("inline", "functional"), depths=(4,))
    compared = tuple(each.model_copy(update=changes) for each in found.comparisons)
    found = found.model_copy(update={"comparisons": compared, "margin": 0.05})
    page = render_report(view(found), charts=()).decode()
    first = next(each for each in compared if each.headline and not each.placebo)
    told = f">within {duration(0.5 * (first.baseline_value or 0.0))}</span>"
    assert (told in page) is is_told


def test_call_modes_come_first_where_nothing_else_is_compared() -> None:
    found = with_call_modes()
    page = render_report(view(found), charts=()).decode()
    anchors = re.findall(r'<section id="([\w-]+)"', page)
    assert anchors.index("call-modes") > 0
    alone = findings(arms=("inline", "placebo")).model_copy(update={"call_modes": found.call_modes})
    page = render_report(view(alone), charts=()).decode()
    assert re.findall(r'<section id="([\w-]+)"', page)[0] == "call-modes"
