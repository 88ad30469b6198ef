"""``bench watch``, and ``bench run --watch``: where they serve, and how they end."""

from __future__ import annotations

import re
import signal
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.cli.command import WITH_FAKES, run, start
from tests.fakes.plan import fake_folder, fake_plan


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_on_this_machine_only_and_ends_cleanly(tmp_path: Path, number: int) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=1, layers=(2,)))
    with start(["watch", str(folder.path)], tmp_path) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        with urllib.request.urlopen(address) as answer:
            assert "No round has ended yet." in answer.read().decode()
        found = psutil.Process(server.pid).net_connections("inet")
        assert {each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN} == {
            "127.0.0.1"
        }
        server.send_signal(number)
        _, errors = server.communicate(timeout=30)
    assert (server.returncode, errors) == (0, "")


def test_port_that_is_taken_is_named(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=1, layers=(2,)))
    with start(["watch", str(folder.path)], tmp_path) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip().rpartition(":")[2].strip("/")
        second = run(["watch", str(folder.path), "--port", port], tmp_path)
        server.send_signal(signal.SIGINT)
    assert second.returncode == 2
    (line,) = second.stderr.splitlines()
    assert line == f"bench: cannot listen on port {port}: Address already in use"


def test_run_is_served_while_it_is_measured_and_no_longer(tmp_path: Path) -> None:
    words = ["run", "--watch", "--out", "runs"]
    with start(words, tmp_path, module=WITH_FAKES) as process:
        assert process.stderr is not None
        address, page = "", ""
        for line in process.stderr:
            if found := re.fullmatch(r"watch it at (http://\S+)\n", line):
                address = found[1]
            if line.startswith("round 2:"):
                with urllib.request.urlopen(address) as answer:
                    page = answer.read().decode()
    assert process.returncode == 0
    assert "Which fake is fastest?" in page
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address)
