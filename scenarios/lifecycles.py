"""Custom lifecycles: functions that take a ``LifecycleContext`` and return the final model.

A ``LifecycleContext`` has the arm's builder (``build``), random inputs (``batch``) and a
``folder``. It times what is done in ``phase`` and ``series``. What is done in ``prepare`` is not
compared, and what ``note`` returns is reported with the timings.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers


def modification(life: Any, added: int = 4, anew: bool = False) -> Any:
    """A model that has answered gets ``added`` layers, or loses its last, and answers again.

    It is changed in place, or made ``anew`` of other layers and with weights of its own.
    """

    def answering() -> tuple[Any, Any, Any, bool]:
        model = life.build()
        comes_compiled = _is_compiled(model)
        if not comes_compiled:
            _compile(model)
        batch = life.batch(model)
        return model, batch, model.predict(batch, verbose=0), comes_compiled

    def changed() -> Any:
        if anew:
            return life.build(change=_longer(added) if added > 0 else _shorter)
        if added < 0:
            model.pop()
        for layer in _more(added):
            model.add(layer)
        return model

    def compile_again() -> None:
        if comes_compiled:
            model.compile_from_config(model.get_compile_config())
        else:
            _compile(model)

    def answer() -> Any:
        return model.predict(batch, verbose=0)

    def note(when: str) -> None:
        life.note(f"predict {when}", lambda: _answers_like(answer(), _call(model, batch), before))
        life.note(
            f"predict {when}, relative error", lambda: _distance(answer(), _call(model, batch))
        )

    model, batch, before, comes_compiled = life.prepare(answering)
    model = life.phase("modify", changed)
    life.note("model(x), relative change", lambda: _distance(before, _call(model, batch)))
    note("before compile")
    life.phase("compile", compile_again)
    life.phase("first_call", answer)
    note("after compile")
    return model


def restore(life: Any) -> Any:
    """Restores a model in every way there is, one after the other, and holds them all.

    Each way is tried for itself: what Keras refuses costs that phase, and those that build on it.
    """
    kept = {}

    def get(phase: str, action: Callable[[], Any], *needs: str) -> None:
        kept[phase] = life.attempt(phase, action, needs=needs)
        # What one way leaves behind is not for the next to clear away.
        life.prepare(_settle)

    def note(name: str, action: Callable[[], Any], *needs: str) -> None:
        if not set(needs) & set(life.failed):
            life.note(name, action)

    model = life.prepare(life.build)
    folder = Path(life.folder)
    file, weights, saved = folder / "model.keras", folder / "model.weights.h5", folder / "saved"
    configuration = life.prepare(lambda: _configuration(model))
    life.prepare(_settle)
    get("from_config", _from_config(type(model), configuration))
    get("clone_model", lambda: _finished(keras.models.clone_model(model)))
    get("save", lambda: model.save(file))
    get("load_model", lambda: keras.models.load_model(file), "save")
    get("save_weights", lambda: model.save_weights(weights))
    get("load_weights", lambda: _with_weights(life.build(), weights), "save_weights")
    get("export", lambda: _export(model, saved))
    get("reload", lambda: _reloaded(saved), "export")
    note("SavedModel", lambda: f"{_bytes(saved):,} bytes", "export")
    note("file", lambda: f"{_bytes(file):,} bytes", "save")
    note("weights", lambda: f"{_bytes(weights):,} bytes", "save_weights")
    note(
        "answers",
        lambda: _same_answers(model, kept["load_model"], life.batch(model)),
        "load_model",
    )
    return model if kept["from_config"] is None else kept["from_config"]


def _export(model: Any, folder: Path) -> None:
    if not hasattr(model, "export"):
        raise NotImplementedError("models of this Keras cannot be exported")
    model.export(str(folder))


def search(life: Any, clear: bool = False, train: bool = False) -> Any:
    """Models of 1 to n layers, one after another, in the place of the one before; and once more.

    The second time all models are as large as the first, so memory that it adds is kept, and time
    that it adds is a slowdown. With ``clear`` Keras forgets what it knows before each model; with
    ``train`` each of them answers once and takes a training step.
    """
    made: list[Any] = [None]
    depths = chain(range(1, life.depth + 1), range(1, life.depth + 1))

    def make() -> None:
        made[0] = None
        if clear:
            keras.backend.clear_session()
        model = made[0] = life.build(next(depths))
        if not _is_compiled(model):
            _compile(model)
        if train:
            answers = model.predict_on_batch(batch)
            model.train_on_batch(batch, answers)

    batch = life.prepare(lambda: life.batch(life.build(1)))
    life.series("search", make, 2 * life.depth)
    return made[0]


def _is_compiled(model: Any) -> bool:
    """Whether the builder has compiled ``model``, as Keras 3 or 2 knows it."""
    return bool(getattr(model, "compiled", getattr(model, "_is_compiled", False)))


def _compile(model: Any) -> None:
    model.compile(optimizer="adam", loss="mse")


def _call(model: Any, batch: Any) -> Any:
    """What ``model`` answers, as an array; some layers train unless they are told."""
    answer = model(batch, training=False)
    # PyTorch keeps gradients of it, and has no array of such a tensor unless Keras makes it.
    return keras.ops.convert_to_numpy(answer) if hasattr(keras, "ops") else np.asarray(answer)


def _longer(added: int) -> Callable[[Iterator[Any]], Iterable[Any]]:
    return lambda own: chain(own, _more(added))


def _more(added: int) -> Iterator[Any]:
    return (layers.Dense(16, activation="relu") for _ in range(added))


def _shorter(own: Iterator[Any]) -> Iterator[Any]:
    before = next(own)
    for layer in own:
        yield before
        before = layer


def _answers_like(answer: Any, changed: Any, before: Any) -> str:
    """Whose answer ``answer`` is."""
    for name, other in (("the changed model", changed), ("the old model", before)):
        if _distance(answer, other) == 0:
            return f"answers like {name}"
    return "answers like neither model"


def _distance(answer: Any, other: Any) -> float | str:
    """The largest difference, as a part of the largest of ``other``; below 1e-4 it is 0."""
    mine, theirs = np.asarray(answer), np.asarray(other)
    if mine.shape != theirs.shape:
        return f"shape {mine.shape}, not {theirs.shape}"
    distance, largest = float(np.max(np.abs(mine - theirs))), float(np.max(np.abs(theirs)))
    if not largest:
        return 0.0 if not distance else "without measure: the answers to compare with are 0"
    return 0.0 if distance < 1e-4 * largest else round(distance / largest, 4)


def _settle() -> None:
    gc.collect()
    gc.freeze()


def _configuration(model: Any) -> Any:
    """The configuration of ``model``, or what asking for it raised."""
    try:
        return model.get_config()
    except Exception as error:
        return error


def _from_config(kind: Any, configuration: Any) -> Callable[[], Any]:
    """Makes a model of ``configuration``, or raises what asking for that raised."""

    def refused() -> Any:
        raise configuration

    if isinstance(configuration, Exception):
        return refused
    return lambda: kind.from_config(configuration)


def _finished(model: Any) -> Any:
    """``model`` once it is asked whether it is built, which a patch may have put off until then."""
    _ = model.built
    return model


def _with_weights(model: Any, weights: Path) -> Any:
    model.load_weights(weights)
    return model


def _reloaded(folder: Path) -> Any:
    import tensorflow as tf

    return tf.saved_model.load(str(folder))


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _same_answers(model: Any, other: Any, batch: Any) -> str:
    same = np.array_equal(_call(model, batch), _call(other, batch))
    return "the loaded model answers bit by bit like the saved one" if same else "they differ"
