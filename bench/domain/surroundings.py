"""What surrounds a measurement besides versions: settings and variables that matter for it.

They stand in the environment of a run: settings of Keras and the framework by their names,
environment variables by theirs, and what a module changes when it is imported as ``module: name``.
"""

from __future__ import annotations

from collections.abc import Mapping

Environment = Mapping[str, "str | int | float | None"]

PREFIXES = (
    "TF_",
    "XLA_",
    "KERAS_",
    "JAX_",
    "PYTORCH_",
    "OMP_",
    "MKL_",
    "KMP_",
    "CUDA_",
    "MALLOC_",
    "LD_PRELOAD",
    "GLIBC_TUNABLES",
)
"""Environment variables that change how fast, or what, frameworks compute."""

NOT_MEANT = ("KERAS_BACKEND", "TF_CLI_", "TF_VAR_")
"""What the suite itself sets in measured interpreters, and what is Terraform's."""

DEFAULTS: Mapping[str, str] = {
    "floatx": "float32",
    "dtype_policy": "float32",
    "image_data_format": "channels_last",
    "intra_op_threads": "0",
    "inter_op_threads": "0",
}
"""Settings of Keras and TensorFlow as they are installed; 0 threads are as many as cores."""

_IN_WORDS: Mapping[str, str] = {
    "floatx": "floatx",
    "the dtype policy": "dtype_policy",
    "the image data format": "image_data_format",
    "the threads of an operation": "intra_op_threads",
    "the threads for operations": "inter_op_threads",
}
"""What a framework calls its settings."""

_OF_THE_SUITE = "the suite's"
"""Threads that nobody else has set."""

SEPARATOR = ": "
"""Between a module and what it changes."""


def variables(process: Mapping[str, str]) -> dict[str, str]:
    """Those of the environment variables of a ``process`` that matter, by name."""
    return {
        name: process[name]
        for name in sorted(process)
        if name.startswith(PREFIXES) and not name.startswith(NOT_MEANT)
    }


def settings(in_words: Mapping[str, str]) -> dict[str, str]:
    """The settings that ``DEFAULTS`` has, of those that a framework tells in words."""
    return {
        name: in_words[words]
        for words, name in _IN_WORDS.items()
        if words in in_words and in_words[words] != _OF_THE_SUITE
    }


def not_default(environment: Environment) -> dict[str, str]:
    """What is not as installed: settings, and every variable, by name."""
    return {
        name: str(value)
        for name, value in environment.items()
        if (name in DEFAULTS and str(value) != DEFAULTS[name]) or name.startswith(PREFIXES)
    }


def changed_at_import(environment: Environment) -> dict[str, dict[str, str]]:
    """Module → what it changes when it is imported, and to what."""
    found: dict[str, dict[str, str]] = {}
    for key, value in environment.items():
        module, separator, name = key.partition(SEPARATOR)
        if separator and name in DEFAULTS:
            found.setdefault(module, {})[name] = str(value)
    return found
