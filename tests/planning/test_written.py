"""Lists of names as users write them: what is between brackets or quotes stays together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.domain.errors import InvalidValue
from bench.planning.written import names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mlp", ("mlp",)),
        ("mlp,cnn", ("mlp", "cnn")),
        (" mlp , cnn ,mlp", ("mlp", "cnn")),
        ("mlp(a=1,b=2),cnn", ("mlp(a=1,b=2)", "cnn")),
        ("mlp(a=1,b=(2,3)),cnn", ("mlp(a=1,b=(2,3))", "cnn")),
        ("cnn,mlp(a=((1,2),3),b=4)", ("cnn", "mlp(a=((1,2),3),b=4)")),
        ("mlp(a=[1,2],b={'c':3,'d':4}),cnn", ("mlp(a=[1,2],b={'c':3,'d':4})", "cnn")),
    ],
)
def test_commas_between_brackets_belong_to_a_word(text: str, words: tuple[str, ...]) -> None:
    assert names(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mlp(a=')',b=2),cnn", ("mlp(a=')',b=2)", "cnn")),
        ('mlp(a="],(",b=2),cnn', ('mlp(a="],(",b=2)', "cnn")),
        ('mlp(a="it\'s",b=2),cnn', ('mlp(a="it\'s",b=2)', "cnn")),
        (r"mlp(a='it\'s),',b=2),cnn", (r"mlp(a='it\'s),',b=2)", "cnn")),
        ("mlp(a='\\\\',b=2),cnn", ("mlp(a='\\\\',b=2)", "cnn")),
        ("it's,cnn,that's", ("it's", "cnn", "that's")),
    ],
)
def test_brackets_between_quotes_open_and_close_nothing(text: str, words: tuple[str, ...]) -> None:
    assert names(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mlp(a=1,cnn", ("mlp(a=1,cnn",)),
        ("mlp(a='1,b=2),cnn", ("mlp(a='1,b=2),cnn",)),
        ("mlp),cnn", ("mlp)", "cnn")),
        ("mlp)),cnn(a=1,b=2),x", ("mlp))", "cnn(a=1,b=2)", "x")),
    ],
)
def test_what_is_not_closed_reaches_to_the_end_and_what_was_not_opened_is_closed(
    text: str, words: tuple[str, ...]
) -> None:
    assert names(text) == words


@pytest.mark.parametrize("text", ["", " ", ",", "mlp,", ",mlp", "mlp(a=1,b=2),,cnn"])
def test_list_with_an_empty_word_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a list of names: write them with commas"):
        names(text)


plain = st.text("aé1:=_.", min_size=1, max_size=4)
quoted = st.text("a,()[]{}'\"\\ ", max_size=6).map(repr)
bracketed = st.recursive(
    plain | quoted | st.just(","),
    lambda parts: st.builds(
        lambda pair, inner: f"{pair[0]}{''.join(inner)}{pair[1]}",
        st.sampled_from(("()", "[]", "{}")),
        st.lists(parts, max_size=4),
    ),
)
words_without_commas = plain | st.builds("{}({})".format, plain, bracketed)
"""Words that have commas between brackets alone."""


@given(st.lists(words_without_commas, min_size=1, max_size=5, unique=True))
def test_words_with_commas_between_them_come_back(words: list[str]) -> None:
    assert names(",".join(words)) == tuple(words)
    assert names(" , ".join(words)) == tuple(words)
