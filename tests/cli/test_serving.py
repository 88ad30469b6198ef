"""``bench tensorboard`` as a server: where it listens, what it says, how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request

import psutil
import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder
from tests.cli.command import run, start
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of the fake framework with something in the place of a profile."""
    plan = fake_plan(rounds=1, layers=(2, 4))
    folder = fake_folder(tmp_path_factory.mktemp("serving") / "run", plan)
    execute_run(folder, Listener())
    session = folder.path / "tensorboard" / "plugins" / "profile" / "cell"
    session.mkdir(parents=True)
    (session / "host.xplane.pb").write_bytes(b"")
    return folder


@contextmanager
def served(
    folder: RunFolder, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """TensorBoard over ``folder``, and the address that it prints."""
    command = ["tensorboard", str(folder.path), *options]
    with start(command, folder.path.parent, environment) as server:
        try:
            assert server.stdout is not None
            yield server, server.stdout.readline().strip()
        finally:
            if server.poll() is None:
                server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_server_listens_on_this_machine_only_and_ends_cleanly(folder: RunFolder) -> None:
    port = free_port()
    with served(folder, "--port", str(port)) as (server, address):
        assert address.startswith(f"http://127.0.0.1:{port}/")
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        listening = [
            connection.laddr
            for process in family
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {each.ip for each in listening} == {"127.0.0.1"}
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        assert not any(process.is_running() for process in family)


def test_free_port_is_taken_where_the_asked_one_is_not_free(folder: RunFolder) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with served(folder, "--port", str(port)) as (server, address):
            with urllib.request.urlopen(address.partition("#")[0]) as answer:
                assert answer.status == 200
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=30)
            assert server.returncode == 0
    assert f"port {port} is taken" in errors


def test_viewer_that_does_not_load_is_named_and_the_rest_is_served(
    folder: RunFolder, tmp_path: Path
) -> None:
    broken = tmp_path / "xprof"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('an old protobuf')")
    environment = {"PYTHONPATH": str(tmp_path)}
    with served(folder, "--port", str(free_port()), environment=environment) as (server, address):
        with urllib.request.urlopen(address.partition("?")[0] + "data/runs") as answer:
            assert "report" in json.load(answer)
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert 'pip install "xprof' in errors
    assert "an old protobuf" in errors
    assert "Traceback" not in errors


def test_requests_of_other_sites_and_for_other_folders_are_refused(
    folder: RunFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "host.xplane.pb").write_bytes(b"")
    own = folder.path / "tensorboard" / "plugins" / "profile" / "cell"
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, served(folder, "--port", str(free_port())) as (server, address):
        origin = address.partition("?")[0]
        viewer = origin + "data/plugin/profile/"
        port = urlsplit(origin).port

        def status(url: str, host: str = f"localhost:{port}") -> int:
            try:
                with urllib.request.urlopen(Request(url, headers={"Host": host})) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as refusal:
                return refusal.code

        assert status(origin + "data/runs") == 200
        assert status(origin + "data/runs", f"127.0.0.1:{port}") == 200
        assert status(origin + "data/runs", "localhost:8080") == 200
        for host in ("example.org", f"example.org:{port}", "localhost.example.org", "[", ""):
            assert status(origin + "data/runs", host) == 403, host
        assert status(f"{viewer}runs?session_path={own}") == 200
        for name in ("session_path", "run_path"):
            for path in (elsewhere, "/", f"{own}/../../../../..", "gs://bucket", "%00"):
                assert status(f"{viewer}runs?{name}={path}") == 403, (name, path)
        target = f"127.0.0.1:{listener.getsockname()[1]}"
        assert status(f"{viewer}capture_profile?service_addr={target}&duration=1") == 403
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors


def test_run_that_does_not_exist_is_a_wrong_request(tmp_path: Path) -> None:
    result = run(["tensorboard", "nothing"], tmp_path)
    assert result.returncode == 2
    assert "nothing" in result.stderr
    assert len(result.stderr.splitlines()) == 1
