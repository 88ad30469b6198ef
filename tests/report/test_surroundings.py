"""What is not as installed is part of the answer."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.surroundings import (
    asked_backend,
    changed_at_import,
    not_default,
    variables,
)
from bench.report.answer.surroundings import surroundings
from tests.report.findings_factory import findings

DEFAULT: dict[str, Any] = {
    "floatx": "float32",
    "dtype_policy": "float32",
    "image_data_format": "channels_last",
    "intra_op_threads": "0",
    "tensorflow": "2.21.0",
    "cpu_count": 2,
}


def told(**changes: Any) -> list[str]:
    environment = {**DEFAULT, **{key.replace("__", ": "): value for key, value in changes.items()}}
    return list(surroundings(findings(environment=environment)))


def test_defaults_are_not_told() -> None:
    assert told() == []
    assert list(surroundings(findings(environment={"tensorflow": "2.21.0"}))) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"floatx": "float64"}, "Not the default: floatx is float64."),
        ({"dtype_policy": "mixed_float16"}, "Not the default: dtype_policy is mixed_float16."),
        (
            {"image_data_format": "channels_first", "XLA_FLAGS": "--x=1"},
            "Not the default: image_data_format is channels_first and XLA_FLAGS is --x=1.",
        ),
        ({"OMP_NUM_THREADS": "1"}, "Not the default: OMP_NUM_THREADS is 1."),
        ({"PYTHONDEVMODE": "1"}, "Not the default: PYTHONDEVMODE is 1."),
    ],
)
def test_what_is_not_the_default_is_told(changes: dict[str, str], sentence: str) -> None:
    assert told(**changes) == [sentence]


def test_kernel_that_takes_no_length_of_slices_is_told() -> None:
    (sentence,) = told(slices="its own")
    assert sentence.startswith("This kernel shares cores in slices of its own length")


def test_what_a_module_changes_is_told_and_which_threads_won() -> None:
    changes = {"mine__intra_op_threads": "1"}
    assert told(**changes) == ["When it is imported, mine sets intra_op_threads to 1."]
    assert told(**changes, threads=2) == [
        "When it is imported, mine sets intra_op_threads to 1; --threads 2 is what was used."
    ]


def test_variables_that_a_module_sets_too_late_are_told() -> None:
    assert told(mine__XLA_FLAGS="--x", mine__TF_ENABLE_ONEDNN_OPTS="0") == [
        "When it is imported, mine sets XLA_FLAGS to --x and TF_ENABLE_ONEDNN_OPTS to 0: the "
        "framework is loaded before, and may not see it. Set it for bench itself."
    ]


def test_backend_that_is_not_measured_is_told() -> None:
    assert told(mine__KERAS_BACKEND="jax") == [
        "mine asks for Keras on jax, and what was measured is Keras on tensorflow."
    ]
    assert told(KERAS_BACKEND="torch") == [
        "The environment asks for Keras on torch, and what was measured is Keras on tensorflow."
    ]
    assert asked_backend({"KERAS_BACKEND": "tensorflow"}, "tensorflow") == {}
    assert asked_backend({}, "tensorflow") == {}
    assert asked_backend({"KERAS_BACKEND": "jax"}, "tensorflow") == {"KERAS_BACKEND": "jax"}


def test_variables_that_matter_are_recorded_and_no_others() -> None:
    process = {
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "XLA_FLAGS": "--a",
        "KERAS_HOME": "/x",
        "KERAS_BACKEND": "jax",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "0",
        "LD_PRELOAD": "/x.so",
        "TORCHDYNAMO_DISABLE": "1",
        "TORCHINDUCTOR_MAX_AUTOTUNE": "1",
        "TORCH_LOGS": "dynamo",
        "TRITON_CACHE_DIR": "/x",
        "TORCH_HOME": "/home/me",
        "PYTHONTRACEMALLOC": "10",
        "PYTHONPATH": "/home/me",
        "HOME": "/home/me",
        "SECRET_TF_TOKEN": "x",
        "TF_VAR_password": "x",
    }
    kept = variables(process)
    assert set(kept) == set(process) - {
        "KERAS_BACKEND",
        "HOME",
        "PYTHONPATH",
        "TORCH_HOME",
        "SECRET_TF_TOKEN",
        "TF_VAR_password",
    }
    assert not_default(kept) == kept
    assert changed_at_import({"a: floatx": "float16", "b: note": "x"}) == {
        "a": {"floatx": "float16"}
    }
