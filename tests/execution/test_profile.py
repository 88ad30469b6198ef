"""Profiles of whole runs, in real processes of the fake framework."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.domain.design.profiling import Profiling
from bench.domain.findings.run import Findings
from bench.domain.names import slug
from bench.execution.listener import Listener
from bench.execution.passes.profile import _is_within, profile
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan

PROFILING = Profiling(steps=5, modules=("tests.fakes.builders",))


def measured(path: Path, *builders: str) -> RunFolder:
    plan = fake_plan(*builders, rounds=1, layers=(2, 16), jobs=2, pin=True)
    folder = fake_folder(path / "run", plan)
    execute_run(folder, Listener())
    return folder


def profiled(folder: RunFolder) -> Findings:
    profile(folder, PROFILING, lambda *_: None)
    return conclude(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return measured(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def findings(folder: RunFolder) -> Findings:
    return profiled(folder)


def test_every_cell_but_the_placebo_has_both_profiles(findings: Findings) -> None:
    counts = Counter((each.arm, each.layers, each.protocol) for each in findings.profiles)
    assert set(counts) == {
        (arm, layers, protocol)
        for arm in ("good", "unbuilt")
        for layers in (2, 16)
        for protocol in ("profiled", "annotated")
    }
    assert set(counts.values()) == {1}
    assert not [each for each in findings.warnings if each.kind == "profile"]


def test_session_is_named_after_its_cell_and_holds_the_file(
    folder: RunFolder, findings: Findings
) -> None:
    names = {each.session for each in findings.profiles}
    cells = {
        slug("fakes", "tests.fakes.builders:stack", layers, arm)
        for layers in ("02", "16")
        for arm in ("good", "unbuilt")
    }
    assert names == cells | {f"python_calls/{cell}" for cell in cells}
    for name in names:
        group, _, session = name.rpartition("/")
        place = folder.path / "tensorboard" / group / "plugins" / "profile" / session
        assert [path.name for path in place.iterdir()] == ["host.xplane.pb"]
    assert not (folder.path / "tensorboard" / ".captured").exists()


def test_calls_of_the_builder_are_in_the_second_profile_only(
    folder: RunFolder, findings: Findings
) -> None:
    for each in findings.profiles:
        group, _, session = each.session.rpartition("/")
        place = folder.path / "tensorboard" / group / "plugins" / "profile" / session
        events = (place / "host.xplane.pb").read_text().split()
        assert events.count("inference") == PROFILING.steps == each.steps
        assert (each.arm in events) == (each.protocol == "annotated")
        assert (each.calls_marked > 0) == (each.protocol == "annotated")


def test_price_of_profiling_is_told_for_the_phases_of_the_rounds(findings: Findings) -> None:
    told = {(each.protocol, each.phase): each for each in findings.profiling}
    assert told["profiled", "construct"].cells == 4
    for each in told.values():
        assert 0 < each.ratio_lowest <= each.ratio <= each.ratio_highest


def test_profiling_again_replaces_the_profiles(folder: RunFolder, findings: Findings) -> None:
    again = profiled(folder)
    assert {each.session for each in again.profiles} == {each.session for each in findings.profiles}


def test_measurements_stay_when_the_profiler_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = measured(tmp_path)
    before = conclude(folder)
    monkeypatch.setenv("FAKE_PROFILER", "busy")
    assert profile(folder, PROFILING, lambda *_: None) == 8
    after = conclude(folder)
    assert not after.profiles
    assert (after.comparisons, after.cells) == (before.comparisons, before.cells)
    (told,) = (each.text for each in after.warnings if each.kind == "profile")
    assert "another profiler is running" in told
    assert "8 of 8 profiles" in told


def test_cell_that_was_not_measured_is_not_profiled(tmp_path: Path) -> None:
    findings = profiled(measured(tmp_path, "good", "raises"))
    assert {each.arm for each in findings.profiles} == {"good"}
    assert {each.arm for each in findings.failures} == {"raises"}
    assert not [each for each in findings.warnings if each.kind == "profile"]


def test_run_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    folder = measured(tmp_path)
    (folder.path / "tensorboard").write_text("in the way")
    with pytest.raises(OSError, match="tensorboard"):
        profile(folder, PROFILING, lambda *_: None)
    assert conclude(folder).rounds == 1


def sessions(folder: RunFolder) -> dict[str, bytes]:
    profiles = (folder.path / "tensorboard").rglob("host.xplane.pb")
    return {path.parent.name: path.read_bytes() for path in profiles}


def test_profiles_stay_until_there_are_new_ones(tmp_path: Path) -> None:
    folder = measured(tmp_path)
    before = profiled(folder)
    files = sessions(folder)

    def interrupts(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        profile(folder, PROFILING, interrupts)
    assert sessions(folder).keys() == files.keys()
    assert {each.session for each in conclude(folder).profiles} == {
        each.session for each in before.profiles
    }


def test_profiles_of_others_stay_where_many_runs_share_a_folder(tmp_path: Path) -> None:
    folder = measured(tmp_path)
    theirs = folder.path / "tensorboard" / "plugins" / "profile" / "theirs"
    theirs.mkdir(parents=True)
    (theirs / "host.xplane.pb").write_bytes(b"precious")
    profiled(folder)
    profiled(folder)
    assert (theirs / "host.xplane.pb").read_bytes() == b"precious"


def test_file_of_a_profile_is_one_of_its_own_folder(tmp_path: Path) -> None:
    own, precious = tmp_path / "own", tmp_path / "precious"
    own.mkdir()
    (own / "host.xplane.pb").touch()
    precious.touch()
    (own / "link").symlink_to(precious)
    assert _is_within(own / "host.xplane.pb", own)
    for path in (precious, own / "link", own / ".." / "precious", own, own / "nothing"):
        assert not _is_within(path, own)
