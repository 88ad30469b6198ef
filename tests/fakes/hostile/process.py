"""Builders that change their process, or start others."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves


def forgets_its_environment(layers: Iterable[Any]) -> Model:
    os.environ.clear()
    return behaves(layers)


def closes_all_descriptors(layers: Iterable[Any]) -> Model:
    os.closerange(0, 4096)
    return behaves(layers)


def opens_no_more_files(layers: Iterable[Any]) -> Model:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
    return behaves(layers)


def writes_no_large_files(layers: Iterable[Any]) -> Model:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    return behaves(layers)


def hears_no_signals(layers: Iterable[Any]) -> Model:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return behaves(layers)


def never_ends_at_exit(layers: Iterable[Any]) -> Model:
    atexit.register(time.sleep, 600)
    threading.Thread(target=time.sleep, args=(600,)).start()
    return behaves(layers)


def leaves_a_daemon(layers: Iterable[Any]) -> Model:
    command = [sys.executable, "-c", "import time; time.sleep(600)", "left-by-a-hostile-builder"]
    subprocess.Popen(command, start_new_session=True)
    return behaves(layers)


def has_many_children(layers: Iterable[Any]) -> Model:
    for _ in range(30):
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    return behaves(layers)


def takes_the_system_away(layers: Iterable[Any]) -> Model:
    for name in ("write", "read", "open", "close", "getpid"):
        setattr(os, name, lambda *_, **__: 1)
    return behaves(layers)


def forgets_its_modules(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("bench", "json", "tests"):
            del sys.modules[name]
    return model


def collects_no_garbage(layers: Iterable[Any]) -> Model:
    gc.disable()
    gc.set_threshold(0)
    gc.unfreeze()
    return behaves(layers)


def outlives_its_parent(layers: Iterable[Any]) -> Model:
    """As far as it can: the kernel no longer ends it with its zygote."""
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    return behaves(layers)


def computes_in_threads(layers: Iterable[Any]) -> Model:
    def compute() -> None:
        while True:
            pass

    for _ in range(3):
        threading.Thread(target=compute, daemon=True).start()
    return behaves(layers)


def moves_to_other_cores(layers: Iterable[Any]) -> Model:
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    return behaves(layers)


def stands_back(layers: Iterable[Any]) -> Model:
    os.nice(19)
    return behaves(layers)


def has_no_more_memory(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))
    return model


def starts_no_more_processes(layers: Iterable[Any]) -> Model:
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    return behaves(layers)


def hears_nothing(layers: Iterable[Any]) -> Model:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    return behaves(layers)


def forks_at_every_level(layers: Iterable[Any]) -> Model:
    for _ in range(4):
        if os.fork() == 0:
            os.setsid()
    return behaves(layers)
