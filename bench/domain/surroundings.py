"""What surrounds a measurement besides versions: settings and variables that matter for it.

They stand in the environment of a run: settings of Keras and the framework by their names,
environment variables by theirs, and what a module changes of either when it is imported as
``module: name``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.domain.words import storable

Environment = Mapping[str, "str | int | float | None"]

OWN_SLICES = "slices"
"""Stands there where the kernel lets those that share a core compute for as long as it likes."""

PREFIXES = (
    "TF_",
    "XLA_",
    "KERAS_",
    "JAX_",
    "PYTORCH_",
    "TORCH",
    "TRITON_",
    "OMP_",
    "MKL_",
    "KMP_",
    "CUDA_",
    "MALLOC_",
    "LD_PRELOAD",
    "GLIBC_TUNABLES",
    "PYTHONDEVMODE",
    "PYTHONMALLOC",
    "PYTHONOPTIMIZE",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONTRACEMALLOC",
    "PYTHON_GIL",
    "PYTHON_JIT",
)
"""Environment variables that change how fast, or what, frameworks and Python compute."""

BACKEND = "KERAS_BACKEND"
"""What the suite itself sets in measured interpreters: the backend that is measured."""

NOT_MEANT = (
    BACKEND,
    "TF_CLI_",
    "TF_VAR_",
    "CUDA_HOME",
    "CUDA_PATH",
    "CUDA_VERSION",
    "TORCH_HOME",
)
"""Variables that are none of the surroundings: Terraform's, and where things are installed."""

READ_EARLY = ("KERAS_", "TF_", "XLA_", "OMP_", "CUDA_")
"""Environment variables that frameworks read while they are loaded, and hardly later."""

NOT_READ_EARLY = ("TF_CLI_", "TF_VAR_", "TF_CPP_")
"""Those of them that are not: the last ones only say what is logged."""

_OF_THE_SUITE = "the suite's"
"""Threads that nobody else has set."""

DEFAULTS: Mapping[str, str] = {
    "floatx": "float32",
    "epsilon": "1e-07",
    "dtype_policy": "float32",
    "image_data_format": "channels_last",
    "intra_op_threads": "0",
    "inter_op_threads": "0",
    "deterministic_operations": "False",
    "run_functions_eagerly": "False",
    "jax_enable_x64": "False",
    "jax_default_matmul_precision": "None",
    "jax_jit": "on",
    "torch_threads": _OF_THE_SUITE,
    "torch_default_dtype": "torch.float32",
    "torch_matmul_precision": "highest",
    "torch_deterministic_algorithms": "False",
}
"""Settings of Keras and its backends as they are installed; 0 threads are as many as cores."""

_IN_WORDS: Mapping[str, str] = {
    "floatx": "floatx",
    "the fuzz factor": "epsilon",
    "the dtype policy": "dtype_policy",
    "the image data format": "image_data_format",
    "the threads of an operation": "intra_op_threads",
    "the threads for operations": "inter_op_threads",
    "deterministic operations": "deterministic_operations",
    "running functions eagerly": "run_functions_eagerly",
    "what TensorFlow is built for": "tensorflow_build",
    "numbers of 64 bits": "jax_enable_x64",
    "the precision of JAX's matrix products": "jax_default_matmul_precision",
    "compilation by jax.jit": "jax_jit",
    "the version of jaxlib": "jaxlib",
    "the threads of PyTorch": "torch_threads",
    "the default dtype of PyTorch": "torch_default_dtype",
    "the precision of PyTorch's matrix products": "torch_matmul_precision",
    "deterministic algorithms": "torch_deterministic_algorithms",
    "what PyTorch is built for": "torch_build",
}
"""What a framework calls its settings, and what it is built for, which has no default."""

SEPARATOR = ": "
"""Between a module and what it changes."""


def variables(process: Mapping[str, str]) -> dict[str, str]:
    """Those of the environment variables of a ``process`` that matter, by name."""
    return {
        storable(name): storable(process[name])
        for name in sorted(process)
        if name.startswith(PREFIXES) and not name.startswith(NOT_MEANT)
    }


def read_early(process: Mapping[str, str]) -> dict[str, str]:
    """Those of the environment variables of a ``process`` that its framework has read by now."""
    return {
        name: value
        for name, value in process.items()
        if name.startswith(READ_EARLY) and not name.startswith(NOT_READ_EARLY)
    }


def asked_backend(process: Mapping[str, str], measured: str) -> dict[str, str]:
    """The backend that the environment of a ``process`` asks for, where another is measured."""
    asked = process.get(BACKEND)
    return {} if asked in (None, "", measured) else {BACKEND: storable(str(asked))}


def settings(in_words: Mapping[str, str]) -> dict[str, str]:
    """The settings that are recorded, by name, of those that a framework tells in words."""
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
        if (name in DEFAULTS and str(value) != DEFAULTS[name])
        or (name.startswith(PREFIXES) and not name.startswith(NOT_MEANT))
    }


def changed_at_import(environment: Environment) -> dict[str, dict[str, str]]:
    """Module → which settings it changes when it is imported, and to what."""
    return _at_import(environment, lambda name: name in DEFAULTS)


def set_too_late(environment: Environment) -> dict[str, dict[str, str]]:
    """Module → which variables it sets when it is imported, after its framework was."""
    return _at_import(environment, lambda name: name != BACKEND and bool(read_early({name: ""})))


def backends_not_measured(environment: Environment) -> dict[str, str]:
    """Module → the backend that it asks for and is not measured; ``""`` is the run's own wish."""
    of_modules = _at_import(environment, lambda name: name == BACKEND)
    own = {"": str(environment[BACKEND])} if BACKEND in environment else {}
    return {**own, **{module: found[BACKEND] for module, found in of_modules.items()}}


def _at_import(
    environment: Environment, is_meant: Callable[[str], bool]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in environment.items():
        module, separator, name = key.partition(SEPARATOR)
        if separator and is_meant(name):
            found.setdefault(module, {})[name] = str(value)
    return found
