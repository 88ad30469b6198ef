"""The reason of a failure is the line that says something, with a line of the user's own file."""

from __future__ import annotations

import errno
from pathlib import Path
from types import CodeType

import pytest

from bench.worker.messages import LONGEST, message_of
from bench.worker.reasons import failure_of, note_made_up
from bench.worker.references import FailedImport
from tests.fakes import builders

IN_USER_CODE = """in user code:

    File "/home/me/mine.py", line 7, in train_step  *
        loss = self.compute_loss(y=y)
    File "/usr/lib/site-packages/keras/src/trainer.py", line 3, in compute_loss  **
        raise ValueError(message)

    ValueError: No loss to compute. Provide a `loss` argument in `compile()`.
"""

CALLING = (
    "Exception encountered when calling Dense.call().\n\n"
    "\x1b[1mMatrix size-incompatible: In[0]: [8,8], In[1]: [9,8] [Op:MatMul] name: \x1b[0m\n\n"
    "Arguments received by Dense.call():\n  • inputs=tf.Tensor(shape=(8, 8), dtype=float32)"
)

GRAPH = """Graph execution error:

Detected at node model_1/dense_1/MatMul defined at (most recent call last):
  File "/home/me/mine.py", line 30, in call

  File "/usr/lib/site-packages/keras/src/layers/core/dense.py", line 150, in call

Matrix size-incompatible: In[0]: [8,8], In[1]: [9,8]
\t [[{{node model_1/dense_1/MatMul}}]] [Op:__inference_step_412]"""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("no such depth", "no such depth"),
        ("", "no message"),
        ("  \n\n", "no message"),
        (
            IN_USER_CODE,
            "No loss to compute. Provide a `loss` argument in `compile()`.",
        ),
        (CALLING, "Matrix size-incompatible: In[0]: [8,8], In[1]: [9,8] (calling Dense.call())"),
        (GRAPH, "Matrix size-incompatible: In[0]: [8,8], In[1]: [9,8]"),
        (
            'in user code:\n\n    File "/x/a.py", line 1, in f  *\n        g()\n\n'
            + "\n".join(f"    {line}" for line in f"ValueError: {CALLING}".splitlines()),
            "Matrix size-incompatible: In[0]: [8,8], In[1]: [9,8] (calling Dense.call())",
        ),
        (
            "Could not infer the output of 'x'. Either call() is wrong, or you need another. "
            f"Error encountered:\n\n{CALLING}",
            "Matrix size-incompatible: In[0]: [8,8], In[1]: [9,8] (calling Dense.call())",
        ),
        ("Instead, write:\n```\nx = f(y)\n```", "Instead, write: x = f(y)"),
        ("Invalid shapes:\n  (3, 4)\n  (4, 4)", "Invalid shapes: (3, 4)"),
        ("\x1b[31mred\x1b[0m \x07 bell\tand tab", "red bell and tab"),
        ("<Model object at 0x7f12ab34cd56> is not callable", "<Model object at 0x...> is not call"),
        ("{{function_node __wrapped__Add_device_/job}} Incompatible shapes", "Incompatible shapes"),
    ],
)
def test_message_is_the_line_that_says_something(message: str, told: str) -> None:
    assert message_of(ValueError(message)).startswith(told)
    assert "\x1b" not in message_of(ValueError(message))


def test_group_of_errors_says_what_the_first_is() -> None:
    class Several(Exception):
        exceptions = (ValueError("one"), TypeError("two"))

    assert message_of(Several("several (2 sub-exceptions)")) == (
        "several (2 sub-exceptions), the first ValueError: one"
    )


def test_long_message_is_cut_off() -> None:
    assert len(message_of(ValueError("x" * 10_000))) < LONGEST + 10


def raised(error: BaseException, *files: str) -> BaseException:
    """``error`` after it was raised by code of ``files``, the last of which raises it."""
    code: CodeType | None = None
    scope: dict[str, object] = {"error": error}
    for number, file in enumerate(reversed(files)):
        inner = "raise error" if code is None else f"f{number - 1}()"
        code = compile(f"def f{number}():\n    {inner}\n", file, "exec")
        exec(code, scope)
    try:
        exec(f"f{len(files) - 1}()", scope)
    except BaseException as caught:
        # This file is a user's too.
        return caught.with_traceback(caught.__traceback__ and caught.__traceback__.tb_next)
    raise AssertionError


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (["/home/me/mine.py"], "(mine.py, line 2)"),
        (["/home/me/mine.py", "/x/site-packages/keras/a.py"], "(mine.py, line 2)"),
        (["/home/me/mine.py", "/tmp/__autograph_generated_filex8.py"], "(mine.py, line 2)"),
        (["/home/me/mine.py", "/home/me/layers.py"], "(layers.py, line 2)"),
        (["/home/me/mine.py", "h5py/h5f.pyx"], "(mine.py, line 2)"),
    ],
)
def test_line_is_of_the_user_s_file(files: list[str], place: str) -> None:
    reason = failure_of(raised(ValueError("no"), *files), "construct", None).reason
    assert reason == f"the builder raised ValueError: no {place}"


def test_line_of_a_converted_function_is_the_one_in_its_own_file() -> None:
    error = raised(ValueError(IN_USER_CODE), "/tmp/__autograph_generated_file1.py")
    assert failure_of(error, "first_step", None).reason.endswith("`compile()`. (mine.py, line 7)")


def test_where_no_line_is_the_user_s_the_builder_is_named() -> None:
    error = raised(ValueError("not a valid root scope name"), "/tmp/__autograph_generated_file.py")
    reason = failure_of(error, "trace", f"{builders.__name__}:good").reason
    assert (
        "trace raised ValueError: not a valid root scope name (built by builders.py, li" in reason
    )


@pytest.mark.parametrize(
    ("error", "phase", "kind"),
    [
        (ValueError("no"), "construct", "builder_error"),
        (ValueError("no"), "trace", "builder_error"),
        (Exception("URL fetch failure on https://x/y.h5: None"), "construct", "environment"),
        (ValueError("no"), "runtime", "environment"),
        (RuntimeError("no device"), "preparation", "environment"),
        (ValueError("no dtype of this kind"), "inputs", "generated_data"),
        (NameError("name 'keras' is not defined"), "inputs", "builder_error"),
        (NotImplementedError("not in this version"), "construct", "unavailable"),
        (NotImplementedError("lora is not currently supported"), "construct", "unavailable"),
        (NotImplementedError("Please specify the `output_shape`"), "construct", "builder_error"),
        (NotImplementedError("Unknown mode x. Expected of one a"), "construct", "builder_error"),
        (NotImplementedError("X does not have a `call()` method"), "construct", "builder_error"),
        (NotImplementedError("no call()"), "trace", "builder_error"),
        (MemoryError(), "construct", "out_of_memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "trace", "out_of_memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "construct", "environment"),
        (OSError(errno.EMFILE, "Too many open files"), "first_call", "environment"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "construct", "builder_error"),
        (type("UnimplementedError", (Exception,), {})("no kernel"), "first_call", "unavailable"),
        (
            ValueError("Detected unsupported operations when trying to compile graph f on XLA"),
            "xla_compile",
            "unavailable",
        ),
    ],
)
def test_kind_says_who_is_at_fault(error: Exception, phase: str, kind: str) -> None:
    assert failure_of(error, phase, None).kind == kind


def test_what_a_model_raises_when_it_is_asked_for_its_outputs_is_its_own() -> None:
    error = raised(ValueError("no such unit"), "/x/site-packages/keras/a.py", "/home/me/mine.py")
    failure = failure_of(error, "inputs", None)
    assert failure.kind == "builder_error"
    assert failure.reason == "inputs raised ValueError: no such unit (mine.py, line 2)"


NO_GRADIENTS = ValueError("No gradients provided for any variable.")


def test_loss_that_no_weight_leads_to_is_no_fault_of_the_builder() -> None:
    error = raised(NO_GRADIENTS, "/x/site-packages/keras/src/optimizers/base_optimizer.py")
    note_made_up(error, [TARGETS])
    failure = failure_of(error, "first_step", f"{builders.__name__}:good")
    assert failure.kind == "unavailable"
    assert "no weight of the model leads to its loss" in failure.reason
    assert TARGETS not in failure.reason


def test_own_training_step_is_at_fault_when_its_loss_has_no_gradients() -> None:
    error = raised(NO_GRADIENTS, "/home/me/mine.py", "/x/site-packages/keras/base_optimizer.py")
    failure = failure_of(error, "first_step", None)
    assert failure.kind == "builder_error"
    assert failure.reason.endswith("No gradients provided for any variable. (mine.py, line 2)")


def test_outputs_that_keras_cannot_join_are_no_fault_of_the_data_or_the_builder() -> None:
    words = "Structures don't have the same nested structure."
    error = raised(ValueError(words), "/x/site-packages/optree/ops.py")
    note_made_up(error, [LENGTH])
    failure = failure_of(error, "first_call", f"{builders.__name__}:good")
    assert failure.kind == "unavailable"
    assert failure.reason.endswith("what this model returns, such as None, cannot be")
    own = failure_of(raised(ValueError(words), "/home/me/mine.py"), "first_call", None)
    assert own.kind == "builder_error"


LENGTH, TARGETS = "float32[8,16,1], free length 16", "targets int32[8], values 0 to 4"


@pytest.mark.parametrize(
    ("error", "phase", "kind"),
    [
        (ValueError("negative dimension"), "build", "generated_data"),
        (ValueError("negative dimension"), "trace", "generated_data"),
        (IndexError("7 is not in [0, 5)"), "first_call", "generated_data"),
        (NameError("name 'depth' is not defined"), "trace", "builder_error"),
        (AttributeError("no attribute 'first'"), "first_call", "builder_error"),
        (ValueError("no such optimizer"), "compile", "builder_error"),
        (MemoryError(), "first_call", "out_of_memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "first_call", "environment"),
    ],
)
def test_builder_is_not_blamed_for_what_was_made_up_of_the_data(
    error: Exception, phase: str, kind: str
) -> None:
    note_made_up(error, [LENGTH])
    failure = failure_of(error, phase, None)
    assert failure.kind == kind
    told = f"; --input [NAME=]DTYPE[BATCH,...] replaces what the suite made up: {LENGTH}"
    assert kind != "generated_data" or failure.reason.endswith(told)
    assert kind != "builder_error" or LENGTH not in failure.reason


@pytest.mark.parametrize(("made_up", "is_told"), [([LENGTH, TARGETS], True), ([TARGETS], False)])
def test_input_is_named_where_it_would_change_something(made_up: list[str], is_told: bool) -> None:
    error = ValueError("no")
    note_made_up(error, made_up)
    reason = failure_of(error, "first_step", None).reason
    assert all(each in reason for each in made_up)
    assert ("--input" in reason) == is_told


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("construct", "the suite has started the runtime before construct"),
        ("construct", "--threads"),
        ("preparation", "leave them out"),
    ],
)
def test_runtime_that_is_started_already_has_a_hint(phase: str, words: str) -> None:
    error = RuntimeError("Intra op parallelism cannot be modified after initialization.")
    failure = failure_of(error, phase, None)
    assert (failure.kind, words in failure.reason) == ("builder_error", True)


def test_threads_are_no_advice_for_devices() -> None:
    error = RuntimeError("Virtual devices cannot be modified after being initialized")
    reason = failure_of(error, "construct", None).reason
    assert reason.endswith("in a phase of its own: set it where the module is imported")


def test_failed_import_names_the_module_and_the_line(tmp_path: Path) -> None:
    failed = FailedImport("mine")
    failed.__cause__ = raised(ZeroDivisionError("division by zero"), "/home/me/mine.py")
    assert failure_of(failed, "import", None).reason == (
        "module 'mine' does not import: ZeroDivisionError: division by zero (mine.py, line 2)"
    )
