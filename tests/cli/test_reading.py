"""Commands that do not measure: they import no framework, and what they print can be relied on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT, run
from tests.fakes.plan import fake_folder, fake_plan

HEAVY = ("tensorflow", "keras", "jax", "torch", "numpy", "pandas", "pyarrow", "matplotlib")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    runs = tmp_path_factory.mktemp("project") / "results" / "runs"
    folder = fake_folder(runs / "20260101T000000Z-fakes-0000", fake_plan(rounds=2))
    execute_run(folder, Listener())
    return folder


@pytest.mark.parametrize(
    "arguments",
    ["--help", "--version", "list", "list --json", "show latest", "show latest --json", "run -h"],
)
def test_reading_imports_no_framework_and_nothing_heavy(
    measured: RunFolder, arguments: str
) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['bench', *{arguments.split()!r}]\n"
        "from bench.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=measured.path.parents[2],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr.splitlines()[-1] == "[]"
    assert result.stdout


def test_list_gives_every_scenario_with_its_question(tmp_path: Path) -> None:
    listed = json.loads(run(["list", "--json"], tmp_path).stdout)
    assert listed["schema"] == 1
    style = listed["scenarios"]["build_style"]
    assert style["question"].endswith("?")
    assert set(style["arms"]) >= {"inline", "incremental", "functional"}
    assert set(listed["presets"]) == {"quick", "standard", "thorough"}
    text = run(["list"], tmp_path).stdout
    assert style["question"].split()[0] in text
    assert "seed_example" in text


def test_folder_of_the_users_called_scenarios_hides_none_of_the_suite(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "__init__.py").write_text("raise SystemExit('not yours')\n")
    listed = json.loads(run(["list", "--json"], tmp_path).stdout)
    assert "build_style" in listed["scenarios"]
    assert "mlp" in listed["architectures"]


def test_show_concludes_again_when_the_findings_are_gone(measured: RunFolder) -> None:
    before = run(["show", str(measured.path), "--json"], measured.path).stdout
    (measured.path / "findings.json").unlink()
    assert run(["show", str(measured.path), "--json"], measured.path).stdout == before


@pytest.mark.parametrize("content", [b"", b'{"schema": 0}'])
def test_show_concludes_again_when_the_findings_cannot_be_read(
    measured: RunFolder, content: bytes
) -> None:
    before = run(["show", str(measured.path), "--json"], measured.path).stdout
    (measured.path / "findings.json").write_bytes(content)
    assert run(["show", str(measured.path), "--json"], measured.path).stdout == before


def test_charts_draws_only_what_is_asked(measured: RunFolder) -> None:
    result = run(["charts", str(measured.path), "--format", "svg"], measured.path)
    assert result.returncode == 0, result.stderr
    drawn = [Path(line) for line in result.stdout.splitlines()]
    assert drawn
    assert all(path.suffix == ".svg" and path.stat().st_size for path in drawn)


def test_charts_of_a_run_without_rounds_says_so(tmp_path: Path) -> None:
    fake_folder(tmp_path / "empty", fake_plan())
    result = run(["charts", "empty"], tmp_path)
    assert result.returncode == 2
    assert "nothing of empty was measured: there is nothing to draw" in result.stderr


def test_doctor_looks_at_the_machine(tmp_path: Path) -> None:
    result = run(["doctor", "--json"], tmp_path)
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    checks = {check["name"]: check for check in document["checks"]}
    assert {"cores", "load", "steal", "memory", "kernel", "tensorflow", "gpu"} <= set(checks)
    assert all(check["level"] in ("ok", "note", "problem") for check in checks.values())
    assert result.returncode == int(any(c["level"] == "problem" for c in checks.values()))


@pytest.mark.parametrize("command", ["list", "run", "show", "charts", "doctor"])
def test_help_says_what_a_command_does_and_shows_an_example(tmp_path: Path, command: str) -> None:
    result = run([command, "--help"], tmp_path)
    assert result.returncode == 0
    assert f"Example: bench {command}" in result.stdout


@pytest.mark.parametrize("has_browser", [True, False])
def test_report_is_opened_in_the_browser_that_there_is(
    measured: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_browser: bool
) -> None:
    visited, browser = tmp_path / "visited", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{visited}"\n' if has_browser else "#!/bin/false\n")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("DISPLAY", raising=False)
    done = run(["report", "latest", "--open"], measured.path.parents[2])
    assert done.returncode == 0, done.stderr
    page = measured.path / "report" / "index.html"
    assert page.is_file()
    if has_browser:
        assert visited.read_text().strip() == page.as_uri()
        assert done.stderr == ""
    else:
        assert "no browser can be started here" in done.stderr
