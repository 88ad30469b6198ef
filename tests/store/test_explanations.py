"""Explanations of a run have names of their own, those of earlier versions too."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.findings.explanation import Explanation
from bench.domain.names import slug
from bench.store.documents import compact_explanations
from bench.store.files import write_document
from bench.store.run_folder import RunFolder
from tests.fakes.explanations import empty_explanation
from tests.fakes.plan import fake_folder, fake_plan

NAMES = ("new", "New", "old-style", "sub-classed", "größe", "x" * 64)
"""Some are their own slugs; the hash that others have in theirs sorts before words or behind."""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return fake_folder(tmp_path / "run", fake_plan())


def within(environment: str) -> Explanation:
    """Of the arms in one environment."""
    return empty_explanation().model_copy(update={"environment_name": environment})


def across(arm: str) -> Explanation:
    """Of one arm across environments."""
    return empty_explanation(baseline="first").model_copy(update={"of_arm": arm})


def store_as_before(folder: RunFolder, explanation: Explanation) -> None:
    """Store ``explanation`` as versions did that named it after its place alone."""
    path = folder.path / "explanations" / f"{slug(*explanation.place)}.json"
    path.parent.mkdir(exist_ok=True)
    write_document(path, explanation.model_dump_json(indent=1), folder.record.run)


@pytest.mark.parametrize("name", NAMES)
def test_arm_and_environment_of_one_name_have_an_explanation_each(
    folder: RunFolder, name: str
) -> None:
    found = [within(name), across(name)]
    for each in found:
        folder.write_explanation(each)
    assert folder.explanations() == found
    compact_explanations(folder.path, folder.record.run)
    assert folder.explanations() == found


@pytest.mark.parametrize("name", NAMES)
def test_explanation_under_its_older_name_is_read_until_it_is_written_anew(
    folder: RunFolder, name: str
) -> None:
    found = [within("elsewhere"), across(name)]
    for each in found:
        store_as_before(folder, each)
    assert folder.explanations() == found
    again = found[1].model_copy(update={"phases": ("build",)})
    folder.write_explanation(again)
    assert folder.explanations() == [found[0], again]
    compact_explanations(folder.path, folder.record.run)
    assert folder.explanations() == [found[0], again]


def test_compacted_explanation_of_an_arm_does_not_hide_that_of_an_environment(
    folder: RunFolder,
) -> None:
    folder.write_explanation(across("new"))
    compact_explanations(folder.path, folder.record.run)
    folder.write_explanation(within("new"))
    assert folder.explanations() == [within("new"), across("new")]
