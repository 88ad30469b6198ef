"""What a session says of what could not be measured."""

from __future__ import annotations

import json
import signal

import psutil
import pytest

from tests.fakes.waiting import eventually
from tests.pytest_plugin.sessions import HEAD, PHASES, Sessions, declaration

pytest_plugins = ["pytester"]


def test_failed_builder_fails_its_items_in_one_line_and_leaves_the_others(
    sessions: Sessions,
) -> None:
    builders = ("good", "raises", "needs_newer_version")
    sessions.write("fakes.py", HEAD + declaration("fakes", *builders, layers=(2,)))
    result = sessions.run("fakes.py", "-rfs", "-W", "error", "--benchmark-json=out.json")
    result.assert_outcomes(passed=2 * len(PHASES), failed=len(PHASES), skipped=len(PHASES))
    result.stdout.fnmatch_lines(
        [
            "builder_error: the builder raised ValueError: no such luck (builders.py, line *)",
            "FAILED *-2-raises-construct] - Failed: builder_error: the builder raised ValueError*",
            "SKIPPED [[]7] fakes.py:*: unavailable: *this version has no such method*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    reported = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert {benchmark["params"]["arm"] for benchmark in reported} == {"good", "placebo"}


def test_cell_that_failed_at_times_shows_its_rounds_and_a_warning(sessions: Sessions) -> None:
    sessions.write(
        "mine.py",
        "from pathlib import Path\n"
        "from tests.fakes.framework import Model\n"
        "def flaky(layers):\n"
        "    for name in ('co-scheduled', 'solo'):\n"
        "        try:\n"
        "            Path(name).touch(exist_ok=False)\n"
        "        except FileExistsError:\n"
        "            continue\n"
        "        raise RuntimeError('the first round is the hardest')\n"
        "    return Model(layers)\n",
    )
    sessions.write("fakes.py", HEAD + declaration("fakes", "good", "mine:flaky", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "flaky-construct", "--benchmark-json=out.json")
    result.assert_outcomes(passed=1, warnings=1, deselected=3 * len(PHASES) - 1)
    result.stdout.fnmatch_lines(
        ["*flaky failed in 2 invocations: *the first round is the hardest*"]
    )
    (benchmark,) = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert benchmark["stats"]["rounds"] == 1


def test_arm_that_cannot_be_imported_leaves_the_others_measured(sessions: Sessions) -> None:
    sessions.write("fakes.py", HEAD + declaration("fakes", "good", "no_such:thing", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "construct")
    result.assert_outcomes(passed=2, failed=1, deselected=3 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["no_such:thing: there is no module 'no_such' to import"])
    (folder,) = sessions.runs()
    assert set(folder.samples()["arm"].dropna()) == {"good", "placebo"}


def test_baseline_that_cannot_be_imported_fails_all_before_anything_is_measured(
    sessions: Sessions,
) -> None:
    sessions.write("fakes.py", HEAD + declaration("fakes", "no_such:thing", "good", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "construct")
    result.assert_outcomes(failed=3, deselected=3 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["FAILED *-good-construct] - Failed: no_such:thing: there is *"])
    assert not sessions.runs()


def test_unwritable_folder_of_runs_fails_in_one_line(sessions: Sessions) -> None:
    sessions.write("taken", "")
    result = sessions.run("fakes.py", "-k", "2-good-construct", "--bench-out=taken")
    result.assert_outcomes(failed=1, deselected=6 * len(PHASES) - 1)
    result.stdout.fnmatch_lines(["cannot write to taken: *"])


def test_interrupted_session_keeps_its_rounds_and_leaves_no_process(sessions: Sessions) -> None:
    session = sessions.start("fakes.py", "-W", "error", "--bench-budget=600", rounds=100_000)

    def has_ended_a_round() -> bool:
        assert session.poll() is None, session.communicate()[0]
        return any(folder.rounds() for folder in sessions.runs())

    assert eventually(has_ended_a_round, timeout_s=60)
    family = psutil.Process(session.pid).children(recursive=True)
    session.send_signal(signal.SIGINT)
    said = session.communicate(timeout=30)[0]
    assert session.returncode == pytest.ExitCode.INTERRUPTED
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, f"left behind: {alive}"
    (folder,) = sessions.runs()
    assert folder.record.status == "interrupted"
    assert f"bench: finish the run with: bench run --resume {folder.record.run}" in said
