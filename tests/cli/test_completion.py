"""What a shell is offered when a word is begun."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from bench.cli.group import _bench
from bench.domain.errors import InvalidScenario
from bench.planning import registry


def offered(*words: str) -> list[str]:
    """The completions of the last of ``words``, after ``bench``."""
    *before, begun = words
    complete = ShellComplete(_bench, {}, "bench", "_BENCH_COMPLETE")
    return [item.value for item in complete.get_completions(before, begun)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("expl",), ["explain"]),
        (("run", "re"), ["removal", "restore", "restore_patched"]),
        (("run", "--architecture", "mlp,c"), ["mlp,cnn", "mlp,conv_bn", "mlp,custom"]),
        (("profile", "--call-mode", "pred"), ["predict", "predict_on_batch"]),
        (("run", "--device", "g"), ["gpu"]),
        (("run", "--qu"), ["--quick"]),
        (("show", "nothing_like_it"), []),
    ],
)
def test_names_are_completed(words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_broken_scenario_file_does_not_break_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise InvalidScenario("mine.py: SyntaxError")

    monkeypatch.setattr(registry, "scenarios", broken)
    assert offered("run", "re") == []


def test_runs_are_offered_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("20260101T000000Z-a-0000", "20260201T000000Z-b-0000"):
        folder = tmp_path / "results" / "runs" / name
        folder.mkdir(parents=True)
        (folder / "run.json").touch()
    assert offered("show", "2026") == ["20260201T000000Z-b-0000", "20260101T000000Z-a-0000"]
    assert offered("explain", "lat") == ["latest"]
