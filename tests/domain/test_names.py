"""Names that users give: which are allowed, how they are shown, what files are named after them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.domain.errors import InvalidName, InvalidScenario
from bench.domain.labels import label, place_slug
from bench.domain.names import LONGEST_SLUG, check_name, slug
from bench.domain.panel import Panel

HOSTILE = ["../../x", "/tmp/x", "a|b", "<b>", "größe", "$x_{", "[red]", "..", ".", "-rf", " x"]
PLACE = Panel.model_validate(
    {
        "scenario": "style",
        "architecture": "mlp",
        "layers": 4,
        "call_mode": "function",
        "device": "cpu",
        "backend": "tensorflow",
        **({"environment": "default"} if "environment" in Panel.model_fields else {}),
    }
)
DEEPER = PLACE.model_copy(update={"layers": 16})


@pytest.mark.parametrize("name", ["a", "größe", "a b", "../../x", "<b>", "a|b", "x" * 64])
def test_printable_name_is_allowed(name: str) -> None:
    assert check_name(name, "arm") == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("x" * 65, "65 characters"),
        ("x" * 300, "300 characters"),
        ("a\nb", "cannot be printed"),
        ("a\x1b[2J", "cannot be printed"),
        ("a\u202eb", "cannot be printed"),
        ("\ud800", "cannot be printed"),
        (" a", "blank at an end"),
        ("a ", "blank at an end"),
    ],
)
def test_other_name_is_refused_in_one_short_printable_line(name: str, why: str) -> None:
    with pytest.raises(InvalidName, match=why) as refused:
        check_name(name, "arm")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
    assert isinstance(refused.value, InvalidScenario)


def test_plain_name_is_its_own_slug() -> None:
    assert slug("build_style", "mlp", None, 16, "inline") == "build_style-mlp-16-inline"


@given(st.lists(st.text() | st.sampled_from(HOSTILE), max_size=4))
def test_slug_is_a_file_name(parts: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", slug(*parts))
    assert len(slug(*parts)) <= LONGEST_SLUG


@given(st.sets(st.text(alphabet="aA/_-. é", min_size=1, max_size=4), min_size=2, max_size=30))
def test_distinct_names_have_slugs_that_differ_in_more_than_case(names: set[str]) -> None:
    assert len({slug(name).lower() for name in names}) == len(names)


def test_parts_are_not_confused_with_their_neighbours() -> None:
    assert slug("a-b", "c") != slug("a", "b-c")
    assert slug("m:arch(n=1)") != slug("m:arch(n= 1)")
    assert slug("a/b") != slug(slug("a/b"))


def test_label_gives_scenario_architecture_and_what_varies() -> None:
    assert label(PLACE, "inline", among=[PLACE]) == "style · mlp · inline"
    assert label(PLACE, "inline", among=[PLACE, DEEPER]) == "style · mlp · 4 layers · inline"


def test_label_without_others_gives_every_factor() -> None:
    assert label(PLACE) == "style · mlp · 4 layers · function · cpu · tensorflow"


def test_call_mode_that_is_the_scenario_is_not_repeated() -> None:
    own = PLACE.model_copy(update={"call_mode": "style"})
    assert label(own, among=[own, PLACE]) == "style · mlp"


def test_slugs_of_places_sort_by_depth() -> None:
    places = [PLACE, DEEPER]
    assert [place_slug(each, "a", among=places) for each in places] == [
        "style-mlp-04-a",
        "style-mlp-16-a",
    ]
