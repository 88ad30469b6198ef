"""Run folders: round trips, damage, and finding them again."""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.store.files import InvalidRun
from bench.store.locate import locate, new_run_id
from bench.store.run_folder import RunBusy, RunFolder, write_record
from tests.fakes.plan import ENVIRONMENT, fake_folder, fake_plan


def test_plan_and_environment_come_back_as_they_were_written(tmp_path: Path) -> None:
    plan = fake_plan("good", "raises", layers=(3, 9))
    fake_folder(tmp_path / "run", plan)
    record = RunFolder(tmp_path / "run").record
    assert record.plan == plan
    assert record.environment == ENVIRONMENT
    assert record.status == "running"


def test_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    fake_folder(tmp_path / "run", fake_plan())
    with pytest.raises(FileExistsError):
        fake_folder(tmp_path / "run", fake_plan())


@pytest.mark.parametrize(
    ("word", "stored"),
    [(b"caf\xe9", "caf\\udce9"), ("café".encode(), "café"), (b"a\\xe9", "a\\xe9")],
)
def test_word_of_a_command_that_is_no_utf8_is_stored_with_its_bytes_escaped(
    tmp_path: Path, word: bytes, stored: str
) -> None:
    words = ("bench", "run", os.fsdecode(word))
    RunFolder.create(tmp_path / "run", fake_plan(), ENVIRONMENT, command=words)
    assert RunFolder(tmp_path / "run").record.command == ("bench", "run", stored)


def test_folder_in_which_nothing_can_be_written_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bench.store.run_folder.write_record", refuses)
    with pytest.raises(OSError, match="No space left"):
        fake_folder(tmp_path / "run", fake_plan())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is no run folder"),
        (b"{", "cannot be read"),
        (b'{"run": 3}', "cannot be read"),
        (bytes(range(256)), "cannot be read"),
    ],
)
def test_folder_without_a_readable_record_is_no_run(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(InvalidRun, match=words):
        RunFolder(tmp_path)


def test_runs_are_found_by_id_beginning_path_and_latest(tmp_path: Path) -> None:
    first = fake_folder(tmp_path / "20260101T000000Z-a-1111", fake_plan())
    last = fake_folder(tmp_path / "20260102T000000Z-b-2222", fake_plan())
    assert locate("latest", tmp_path).path == last.path
    assert locate("20260101", tmp_path).path == first.path
    assert locate(first.path.name, tmp_path).path == first.path
    assert locate(str(first.path), Path("nowhere")).path == first.path


def test_id_of_a_run_wins_over_longer_ones_that_begin_with_it(tmp_path: Path) -> None:
    short, long = (
        fake_folder(tmp_path / f"20260101T000000Z-a-1111{ending}", fake_plan())
        for ending in ("", "-again")
    )
    assert locate(short.path.name, tmp_path).path == short.path
    assert locate(f"{short.path.name}-", tmp_path).path == long.path
    with pytest.raises(InvalidRun, match="is a prefix of more than one run"):
        locate(short.path.name[:-1], tmp_path)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("2026", "is a prefix of more than one run"),
        ("2027", "no run '2027'"),
        (".", "no run folder"),
    ],
)
def test_runs_that_cannot_be_found_say_why(tmp_path: Path, run: str, words: str) -> None:
    fake_folder(tmp_path / "20260101T000000Z-a-1111", fake_plan())
    fake_folder(tmp_path / "20260102T000000Z-b-2222", fake_plan())
    with pytest.raises(InvalidRun, match=words):
        locate(run, tmp_path)


def test_latest_of_no_runs_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidRun, match="bench run --quick makes one"):
        locate("latest", tmp_path)


def test_run_ids_sort_by_time_and_differ() -> None:
    ids = {new_run_id("build_style") for _ in range(20)}
    assert len(ids) == 20
    assert all(run_id[8] == "T" and "-build_style-" in run_id for run_id in ids)


def test_run_id_is_a_safe_name_whatever_its_scenarios_are_called() -> None:
    run = new_run_id("../../x", "größe")
    assert run.isascii()
    assert "/" not in run


def test_round_that_a_crash_has_left_untimed_does_not_change_the_mean(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    assert folder.round_seconds is None
    for number in range(3):
        folder.write_round(number, [])
        if number != 1:
            folder.add_time(2.0)
    assert RunFolder(folder.path).round_seconds == 2.0


def test_rounds_of_an_older_run_are_all_timed(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    for number in range(2):
        folder.write_round(number, [])
    older = folder.record.model_copy(update={"measured_s": 6.0, "timed_rounds": None})
    write_record(folder.path, older)
    assert RunFolder(folder.path).round_seconds == 3.0


def test_links_in_the_place_of_files_are_not_followed(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (folder.path / "logs").mkdir()
    for name in ("run.lock", "findings.json", "logs/a.log"):
        (folder.path / name).symlink_to(elsewhere)
    folder.keep_log("a", b"ours")
    folder.set_status("interrupted")
    with pytest.raises(OSError, match="symbolic links"), folder.lock():
        pass
    assert elsewhere.read_text() == "theirs"
    assert (folder.path / "logs" / "a.log").read_bytes() == b"ours"


def test_pipe_in_the_place_of_the_lock_is_not_waited_for(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    os.mkfifo(folder.path / "run.lock")
    with pytest.raises(OSError, match=r"run\.lock"), folder.lock():
        pass


def test_lock_is_looked_at_without_taking_it(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    assert not folder.is_abandoned
    with folder.lock():
        looked = RunFolder(folder.path)
        assert not looked.is_abandoned
        with pytest.raises(RunBusy), looked.lock():
            pass
    assert folder.is_abandoned
    folder.set_status("interrupted")
    assert not folder.is_abandoned


def test_record_is_read_again_once_the_lock_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    other, held = RunFolder(folder.path), ExitStack()
    held.enter_context(other.lock())

    def meanwhile(_: float) -> None:
        other.add_time(2.0)
        other.set_status("complete")
        held.close()

    monkeypatch.setattr("bench.store.run_folder.time.sleep", meanwhile)
    with folder.lock():
        assert folder.record == other.record
        folder.add_time(1.0)
    record = RunFolder(folder.path).record
    assert (record.status, record.measured_s, record.timed_rounds) == ("complete", 3.0, 2)


def test_record_that_was_damaged_meanwhile_is_told_and_the_lock_is_free_again(
    tmp_path: Path,
) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan())
    (folder.path / "run.json").write_bytes(b"{")
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read"), folder.lock():
        pass
    write_record(folder.path, folder.record)
    with folder.lock():
        assert RunFolder(folder.path).record == folder.record
