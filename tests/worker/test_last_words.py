"""What a log says of the end of its process, among what frameworks print."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.worker.process.last_words import last_words, last_words_of

NOTICES = """\
2026-11-26 07:32:11.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
E0000 00:00:1764142331.12 99 cuda_dnn.cc:8310] Unable to register cuDNN factory
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.
I0000 00:00:1764142332.123456     99 service.cc:148] XLA service initialized
W0000 00:00:1764142332.123456     99 gpu_device.cc:2344] Cannot dlopen some GPU libraries.
"""


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("no such file\n" + NOTICES, "no such file"),
        (
            NOTICES + "E0000 00:00:1795698794.098070   16664 cuda_platform.cc:52] "
            "failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)\n",
            "",
        ),
        ("E0000 00:00:1764142331.12   99 service.cc:7] out of luck\n" + NOTICES, "out of luck"),
        (
            "Traceback (most recent call last):\n"
            '  File "mine.py", line 1, in <module>\n    1 / 0\n    ~~^~~\n'
            "ZeroDivisionError: division by zero\n",
            "ZeroDivisionError: division by zero",
        ),
        (
            NOTICES + "F0000 00:00:1764142333.42     99 parse_flags.cc:214] "
            "Unknown flag in TF_XLA_FLAGS: --nonsense \n"
            "*** Check failure stack trace: ***\n    @     0x7f1 absl::Fail\n"
            "Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n"
            '  File "/x.py", line 3 in f\n',
            "Unknown flag in TF_XLA_FLAGS: --nonsense",
        ),
        (
            "2026-11-26 07:32:11.123: F tensorflow/core/platform/x.cc:7] Check failed: a == b\n",
            "Check failed: a == b",
        ),
        ("\x1b[31mred\x1b[0m \x07alert\n", "red alert"),
        ("\x1b]0;title\x07plain\n", "plain"),
    ],
)
def test_last_words_are_those_that_say_something(log: str, words: str) -> None:
    assert last_words(log) == words


def test_log_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert last_words_of(str(tmp_path / "none.log")) == ""


def test_end_of_a_long_log_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"\xff" * (1 << 20) + b"\nthe end\n")
    assert last_words_of(str(path)) == "the end"
