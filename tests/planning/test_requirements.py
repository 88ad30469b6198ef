"""What users write to have an environment made."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.errors import InvalidValue
from bench.planning.requirements import RequirementSet, requirement_set, with_backends


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "sources of keras"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    return folder


def test_words_are_requirements_as_pip_takes_them() -> None:
    wanted = requirement_set("keras==3.10,  tensorflow>=2.19,<3 numpy[extra]==1.26")
    assert wanted.packages == ("keras==3.10", "tensorflow>=2.19,<3", "numpy[extra]==1.26")
    assert wanted.names == {"keras", "tensorflow", "numpy"}
    assert wanted.python is None


@pytest.mark.parametrize(
    ("word", "python"), [("python==3.11", "3.11"), ("python>=3.9", ">=3.9"), ("Python==3", "3")]
)
def test_python_is_a_requirement_too(word: str, python: str) -> None:
    wanted = requirement_set(f"keras==2.15 {word}")
    assert (wanted.packages, wanted.python) == (("keras==2.15",), python)
    assert requirement_set(str(wanted)) == wanted


def test_folder_of_sources_is_a_package(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = checkout.with_name("keras")
    link.symlink_to(checkout)
    monkeypatch.chdir(link)
    wanted = requirement_set("Keras@. tensorflow==2.19")
    assert wanted.checkouts == {"keras": checkout}
    assert wanted.names == {"keras", "tensorflow"}


def test_address_is_left_to_the_installer() -> None:
    wanted = requirement_set("keras@git+https://host.example/keras@abc")
    assert wanted.packages == ("keras @ git+https://host.example/keras@abc",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keras", "nor a requirement with a version"),
        ("/usr/lib", "is neither the path of a Python nor a requirement"),
        ("keras=3", "is neither the path of a Python nor a requirement"),
        ("keras==3.10 Keras==3.11", "'keras' is required twice"),
        ("keras==3.10 python==3.11 python>=3.9", "python is required twice"),
        ("python==3.11 keras==3.10 Python==3.11", "python is required twice"),
        ("python==3.11", "requires no package"),
        ("keras@/nowhere", "'keras@/nowhere' names no folder with a pyproject.toml"),
        ("keras==1\x1b", "is neither the path of a Python nor a requirement"),
    ],
)
def test_what_is_none_is_told_in_a_line(text: str, words: str) -> None:
    with pytest.raises(InvalidValue) as told:
        requirement_set(text)
    assert words in str(told.value)
    assert str(told.value).isprintable()


def test_backend_that_is_not_named_is_the_one_installed_here_or_one_that_fits() -> None:
    wanted = requirement_set("keras==3.10 python==3.11")
    first, second = with_backends(wanted, {"tensorflow": "2.21.0"})
    assert str(first) == "keras==3.10 tensorflow==2.21.0 python==3.11"
    assert str(second) == "keras==3.10 tensorflow python==3.11"
    assert [str(each) for each in with_backends(wanted, {"jax": None})] == [
        "keras==3.10 jax python==3.11"
    ]


@pytest.mark.parametrize("package", ["tensorflow==2.19", "tf_nightly==2.22", "tensorflow-cpu>=2"])
def test_backend_that_is_named_is_left_alone(package: str) -> None:
    wanted = requirement_set(f"keras==3.10 {package}")
    assert with_backends(wanted, {"tensorflow": "2.21.0"}) == (wanted,)


def test_sources_get_a_backend_too(checkout: Path) -> None:
    (wanted, _) = with_backends(RequirementSet(checkouts={"keras": checkout}), {"torch": "2.9"})
    assert (wanted.packages, wanted.checkouts) == (("torch==2.9",), {"keras": checkout})


def test_folder_with_a_blank_is_quoted(checkout: Path) -> None:
    wanted = requirement_set(f"'keras@{checkout}' tensorflow==2.19")
    assert wanted.checkouts == {"keras": checkout}
    assert requirement_set(str(wanted)) == wanted
    with pytest.raises(InvalidValue, match="a quotation mark too many or too few"):
        requirement_set(f"'keras@{checkout}")
