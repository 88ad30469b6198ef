"""Runs in which every arm but one fails, in each way: the one is shown, each failure told once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.cli import publish, session
from bench.report.charts import draw
from bench.store.run_folder import RunFolder
from tests.execution.test_accidents import IMPORTS, plan_of

GOOD = "tests.fakes.builders:by_depth"
FAKES, ENDINGS = "tests.fakes.builders", "tests.fakes.endings"
MIB = 1 << 20

WAYS = {
    "raises": (f"{FAKES}:raises", "builder_error", "the builder raised ValueError: no such luck"),
    "exits": (f"{FAKES}:exits", "crashed", "ended itself with exit status 7 in construct"),
    "hangs at import": (f"{IMPORTS}.hangs:build", "timed_out", "took more than 1 s, in import"),
    "crashes": (f"{FAKES}:reads_null", "crashed", "was killed by SIGSEGV in construct"),
    "hangs in C": (f"{ENDINGS}:hangs_in_c", "timed_out", "took more than 1 s, in first_call"),
    "killed from outside": (f"{ENDINGS}:is_killed", "crashed", "killed by SIGKILL in first_call"),
    "takes its interpreter along": (
        f"{ENDINGS}:kills_its_zygote",
        "crashed",
        "its interpreter was killed by SIGKILL, while this ran in it alone",
    ),
    "out of memory": (
        f"{FAKES}:allocates_without_end",
        "out_of_memory",
        "took more than 300 MiB, in construct",
    ),
    "cannot be imported": (
        f"{IMPORTS}.raises:build",
        "builder_error",
        "module 'tests.fakes.imports.raises' does not import: ZeroDivisionError",
    ),
    "bad inputs": (
        f"{FAKES}:refuses_short_inputs",
        "generated_data",
        "; --input [NAME=]DTYPE[BATCH,...] replaces what the suite made up: free length 16",
    ),
    "own compile": (f"{FAKES}:has_its_own_compile", "unavailable", "which takes (judged_by)"),
}


@pytest.mark.parametrize("is_baseline", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_the_one_arm_that_works_is_shown_and_each_failure_told_once(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    is_baseline: bool,
) -> None:
    # What is published besides is tested on its own, with every subset of cells failed.
    monkeypatch.setattr(draw, "draw_charts", lambda *_: [])
    monkeypatch.setattr(publish, "update_tensorboard", lambda *_: None)
    builder, kind, reason = WAYS[way]
    arms = {"good": GOOD} if is_baseline else {}
    arms |= {"bad": builder, "worse": builder, "good": GOOD}
    plan = plan_of(arms, rounds=2, timeout_s=1 if kind == "timed_out" else 20)
    plan = plan.model_copy(update={"memory_bytes": 300 * MIB, "panels": plan.panels[:1]})

    code = session.begin(plan, tmp_path, publish.run_actions(as_json=False, profiling=None))

    shown = capsys.readouterr()
    assert code == 3
    assert "Traceback" not in shown.out + shown.err
    text = " ".join(shown.out.split())
    rows = [line for line in shown.out.splitlines() if line.startswith("good ")]
    assert rows, shown.out
    assert all(re.search(r"\d", row) and not re.search("failed|given up", row) for row in rows)
    word = "Unavailable" if kind == "unavailable" else "Failed"
    assert len(re.findall(f"{word}: (bad and worse|worse and bad) at 2 layers", text)) == 1
    assert len(re.findall("Failed: |Unavailable: ", text)) == 1
    (told,) = text.split("failed: ")[1:] or [""]
    assert reason in told, told
    assert f": {kind}" in told
    assert re.search("given up after [1-3] tr|tried again", told)
    (folder,) = tmp_path.iterdir()
    findings = RunFolder(folder).findings()
    assert findings is not None
    called = {each.arm for each in findings.cells if each.phase == "inference"}
    assert called - {"placebo"} == {"good"}
