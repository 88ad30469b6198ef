"""What pages refer to exists: files, headings, modules, and the names in their Python blocks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.planning.scenario_files import scenarios_in
from tests.docs.markdown import ROOT, anchors, blocks, code_spans, links, named_files, pages, read

FOLDERS = ("bench/", "docs/", "examples/", "scenarios/", "scripts/", "tests/")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in links(read(page)):
        path, _, anchor = link.partition("#")
        target = (ROOT / page.parent / path).resolve() if path else ROOT / page
        assert target.exists(), f"{page}: {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page}: {link}"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_paths_in_code_spans_exist(page: Path) -> None:
    for span in code_spans(read(page)):
        if span.startswith(FOLDERS) and not re.search(r"[ <>*…]|NAME", span):
            assert (ROOT / span).exists(), f"{page}: {span}"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_tests_named_in_code_spans_exist(page: Path) -> None:
    code = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for span in code_spans(read(page)):
        if re.fullmatch(r"test_\w+", span):
            assert f"def {span}(" in code, f"{page}: {span}"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_scenario_files_of_pages_define_scenarios(page: Path) -> None:
    for name, content in named_files(read(page)).items():
        namespace: dict[str, object] = {}
        code = compile(content, name, "exec")
        if "Scenario(" in content:
            exec(code, namespace)
            assert scenarios_in(namespace), f"{page}: {name}"


@pytest.mark.parametrize("page", pages(), ids=str)
def test_python_blocks_are_python(page: Path) -> None:
    for block in blocks(read(page)):
        if block.language == "python":
            compile(block.text, str(page), "exec")


def test_every_page_is_in_the_index() -> None:
    index = Path("docs/README.md")
    listed = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in links(read(index))}
    for page in pages():
        if page.parts[0] == "docs" and page != index:
            assert (ROOT / page).resolve() in listed, f"docs/README.md does not list {page}"
