"""``torch.compile`` that is switched off returns what it is given: that is not called compiled."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.torch.compiler import check_compiler

SETTINGS = "torch._dynamo.config"
SWITCHES = ("TORCHDYNAMO_DISABLE", "TORCH_COMPILE_DISABLE")


@pytest.fixture(autouse=True)
def can_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delitem(sys.modules, SETTINGS, raising=False)
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("on_gpu", [False, True])
def test_variable_that_switches_it_off_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, on_gpu: bool
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(Unavailable, match=f"^torch.compile is switched off: {name} is 1$"):
        check_compiler(on_gpu)


def test_variable_that_leaves_it_on_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SWITCHES:
        monkeypatch.setenv(name, "0")
    check_compiler(on_gpu=False)


def test_setting_of_code_that_switches_it_off_is_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, SETTINGS, SimpleNamespace(disable=False))
    check_compiler(on_gpu=False)
    monkeypatch.setitem(sys.modules, SETTINGS, SimpleNamespace(disable=True))
    with pytest.raises(Unavailable, match=r"config\.disable is set"):
        check_compiler(on_gpu=False)
