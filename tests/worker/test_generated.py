"""Values for the inputs of a model: of the right kind, the same for the same inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.worker.frameworks.generated import (
    WORDS,
    generator,
    inventions,
    random_values,
    row_lengths,
)
from bench.worker.frameworks.signature import (
    DoesNotFit,
    InputSpec,
    KnownValues,
    Signature,
    leaves,
    merged,
)

OTHER = InputSpec((None, 2), "float32", name="another")


def drawn(spec: InputSpec, seed: int = 1, place: int = 0, count: int = 1) -> np.ndarray:
    """Values of ``spec`` where it stands at ``place`` among ``count`` inputs."""
    inputs = [OTHER] * count
    inputs[place] = spec
    return np.asarray(random_values(spec, (200, 4), generator(spec, inputs, seed)))


def test_booleans_are_true_and_false() -> None:
    values = drawn(InputSpec((None, 4), "bool"))
    assert values.dtype == bool
    assert 0.3 < values.mean() < 0.7


@pytest.mark.parametrize(
    ("dtype", "known", "most"),
    [
        ("int32", KnownValues("", below=1000), 999),
        ("float32", KnownValues("", below=7), 6),
        ("int64", None, 9),
        ("uint8", None, 255),
    ],
)
def test_whole_numbers_fill_their_range(dtype: str, known: KnownValues | None, most: int) -> None:
    values = drawn(InputSpec((None, 4), dtype, values=known))
    assert values.min() >= 0
    assert 0.9 * most <= values.max() <= most
    assert (values == values.astype(int)).all()


def test_masks_of_whole_numbers_are_0_and_1() -> None:
    spec = InputSpec((None, 4), "int32", name="padding_mask")
    assert set(drawn(spec).ravel()) == {0, 1}
    assert inventions(Signature(spec), 8) == [
        "padding_mask int32[8,4], values 0 to 1 (a mask, by its name)"
    ]


def test_values_of_a_vocabulary_are_drawn_from_it() -> None:
    spec = InputSpec((None, 4), "int64", values=KnownValues("", among=(10, 20, 40)))
    assert set(drawn(spec).ravel()) == {10, 20, 40}
    texts = InputSpec((None, 4), "string", values=KnownValues("", among=("a", "b"), words=3))
    assert {tuple(sorted(set(each.split()))) for each in drawn(texts).ravel()} <= {
        ("a",),
        ("b",),
        ("a", "b"),
    }
    assert {len(each.split()) for each in drawn(texts).ravel()} == {3}


def test_texts_without_a_vocabulary_are_of_plain_words() -> None:
    values = drawn(InputSpec((None, 4), "string"))
    assert set(" ".join(values.ravel()).split()) == set(WORDS)


@pytest.mark.parametrize("dtype", ["float16", "float32", "bfloat16", "complex64"])
def test_numbers_are_normal(dtype: str) -> None:
    values = drawn(InputSpec((None, 4), dtype))
    assert abs(values.mean()) < 0.2
    assert np.iscomplexobj(values) == dtype.startswith("complex")


def test_one_of_several_inputs_has_the_same_values_wherever_it_stands() -> None:
    named = InputSpec((None, 4), "float32", name="late")
    assert (drawn(named, place=0, count=4) == drawn(named, place=3, count=4)).all()
    other = InputSpec((None, 4), "float32", name="early")
    assert (drawn(named, count=2) != drawn(other, count=2)).all()


def test_inputs_without_names_are_known_by_their_places() -> None:
    unnamed = InputSpec((None, 4), "float32")
    assert (drawn(unnamed, place=0, count=2) != drawn(unnamed, place=1, count=2)).all()
    assert (drawn(unnamed, place=1, count=2) == drawn(unnamed, place=1, count=3)).all()


@pytest.mark.parametrize("name", ["", "early", "late"])
def test_the_only_input_has_the_same_values_whatever_its_name(name: str) -> None:
    """Arms whose models name it differently are called with the same."""
    usual = InputSpec((None, 4), "float32", name="input_layer")
    assert (drawn(replace(usual, name=name)) == drawn(usual)).all()
    assert (drawn(usual, seed=1) != drawn(usual, seed=2)).all()


def test_rows_of_a_ragged_tensor_have_one_item_at_least() -> None:
    spec = InputSpec((None, None, None), "int32", layout="ragged", ragged_rank=2)
    outer, inner = row_lengths(spec, (50, 4, 6), generator(spec, [spec], 1))
    assert (len(outer), min(outer), max(outer)) == (50, 1, 4)
    assert (len(inner), min(inner), max(inner)) == (sum(outer), 1, 6)


def test_nothing_is_told_of_plain_numbers() -> None:
    assert inventions(Signature(InputSpec((None, 4), "float32")), 8) == []


def test_free_sides_of_images_are_longer_than_free_lengths() -> None:
    assert InputSpec((None, None, 3), "float32").full_shape(8) == (8, 16, 3)
    assert InputSpec((None, None, None, 3), "float32").full_shape(8) == (8, 64, 64, 3)
    film = InputSpec((None, None, None, None, 3), "float32")
    assert film.full_shape(8) == (8, 16, 16, 16, 3)
    assert InputSpec((4, 2), "float32").full_shape(8) == (4, 2)


NESTED = Signature(
    {
        "b": [InputSpec((None, None), "int32", path="b.0")],
        "a": InputSpec((None, 2), "float32", name="first", path="a"),
    }
)


@pytest.mark.parametrize("name", ["first", "a"])
def test_declared_input_is_found_by_its_name_or_its_key(name: str) -> None:
    free = InputSpec((None, None), "float32", name="first", path="a")
    own = Signature({**NESTED.structure, "a": free})
    found = merged(own, [InputSpec((None, 2), "float32", name=name)])
    assert [each.shape for each in found.inputs] == [(None, 2), (None, None)]
    assert list(found.structure) == ["b", "a"]


def test_declared_length_takes_the_place_of_a_free_one() -> None:
    found = merged(NESTED, [InputSpec((None, 7), "int32", name="b.0")])
    assert dict(leaves(found.structure))["b.0"].shape == (None, 7)


def test_inputs_by_place_are_all_of_them() -> None:
    with pytest.raises(DoesNotFit, match="the model takes first=float32"):
        merged(NESTED, [InputSpec((None, 2), "float32")])
    shapes = [InputSpec((None, 2), "float32"), InputSpec((None, 5), "int32")]
    assert [each.shape for each in merged(NESTED, shapes).inputs] == [(None, 2), (None, 5)]
