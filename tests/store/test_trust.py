"""The run of somebody else executes nothing, unless its user says so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from bench.store.run_folder import RunFolder, write_record
from bench.store.trust import Untrusted, check_trusted
from tests.cli.command import run
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return fake_folder(tmp_path / "run", fake_plan())


def changed(folder: RunFolder, **changes: object) -> RunFolder:
    write_record(folder.path, folder.record.model_copy(update=changes))
    return RunFolder(folder.path)


def test_own_run_is_trusted(folder: RunFolder) -> None:
    check_trusted(folder, trusts=False)
    check_trusted(RunFolder(folder.path), trusts=False)


def test_run_of_another_user_names_what_it_would_execute(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    with pytest.raises(Untrusted, match=r"was not made here: this starts /.*python") as caught:
        check_trusted(folder, trusts=False)
    assert "imports tests.fakes.builders, tests.fakes.framework from here" in str(caught.value)
    assert "\n" not in str(caught.value)
    check_trusted(folder, trusts=True)


@pytest.mark.parametrize("environments", [{"default": "/bin/true"}, {"default": "python"}])
def test_mark_covers_what_is_executed(folder: RunFolder, environments: dict[str, str]) -> None:
    plan = folder.record.plan.model_copy(update={"environments": environments})
    with pytest.raises(Untrusted, match=f"this starts {environments['default']} "):
        check_trusted(changed(folder, plan=plan), trusts=False)


def test_mark_covers_the_folders_and_the_builders(folder: RunFolder) -> None:
    plan = folder.record.plan
    (scenario,) = plan.scenarios
    others = [arm.model_copy(update={"builder": "evil:build"}) for arm in scenario.arms]
    elsewhere = scenario.model_copy(update={"arms": tuple(others)})
    for changes in ({"folders": ("/tmp/evil",)}, {"scenarios": (elsewhere,)}):
        other = changed(folder, plan=plan.model_copy(update=changes))
        with pytest.raises(Untrusted, match="evil"):
            check_trusted(other, trusts=False)


def test_mark_covers_what_is_installed(tmp_path: Path) -> None:
    known = {"requirements": "keras==3.10", "keras": "3.10.0"}
    folder = RunFolder.create(tmp_path / "run", fake_plan(), known)
    check_trusted(folder, trusts=False)
    other = changed(folder, environment={**known, "requirements": "evil==1.0"})
    with pytest.raises(Untrusted, match=r"from here, installs evil==1\.0 where that is missing;"):
        check_trusted(other, trusts=False)
    with pytest.raises(Untrusted):
        check_trusted(changed(folder, environment={"keras": "3.10.0"}), trusts=False)


def test_mark_covers_what_is_installed_into_each_of_several(tmp_path: Path) -> None:
    pythons = {"old": "/a/bin/python", "new": "/b/bin/python"}
    plan = fake_plan().model_copy(update={"environments": pythons})
    known = {"old": {"requirements": "keras==3.0"}, "new": {"requirements": "keras==3.10"}}
    folder = RunFolder.create(tmp_path / "run", plan, {}, known)
    check_trusted(folder, trusts=False)
    other = {**known, "new": {"requirements": "evil==1.0"}}
    with pytest.raises(Untrusted, match=r"installs keras==3\.0; evil==1\.0 where"):
        check_trusted(changed(folder, environments=other), trusts=False)


def test_run_of_nobody_is_not_trusted(folder: RunFolder) -> None:
    with pytest.raises(Untrusted, match="--trust"):
        check_trusted(changed(folder, mark=""), trusts=False)


def test_first_runs_that_are_made_at_once_are_all_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attempt in range(20):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state-{attempt}"))
        together = threading.Barrier(4)

        def made(place: int, attempt: int = attempt, together: Barrier = together) -> RunFolder:
            together.wait()
            return fake_folder(tmp_path / f"run-{attempt}-{place}", fake_plan())

        with ThreadPoolExecutor(4) as threads:
            for folder in threads.map(made, range(4)):
                check_trusted(folder, trusts=False)
    (key,) = (tmp_path / "state-0" / "keras-bench").iterdir()
    assert key.stat().st_mode & 0o777 == 0o600


def test_user_without_a_home_makes_runs_that_need_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/nowhere")
    folder = fake_folder(tmp_path / "run", fake_plan())
    assert folder.record.mark == ""
    with pytest.raises(Untrusted):
        check_trusted(folder, trusts=False)


@pytest.mark.parametrize("command", [("run", "--resume"), ("explain",), ("profile",)])
def test_command_that_executes_refuses_the_run_of_somebody_else(
    folder: RunFolder, tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = run([*command, str(changed(folder, mark="").path)], tmp_path)
    assert result.returncode == 2
    assert "was not made here" in result.stderr
    assert not result.stdout
