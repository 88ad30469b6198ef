"""Waiting for what a model returns costs nothing but the wait."""

from __future__ import annotations

import pytest
import tensorflow as tf
from tensorflow.python.eager import context

from bench.worker.frameworks.tensorflow.adapter import TensorFlow


def test_outputs_are_not_copied_to_wait_for_them() -> None:
    with tf.Graph().as_default():
        uncopied = tf.constant([1.0])
    assert tf.is_tensor(uncopied)
    with pytest.raises((AttributeError, NotImplementedError), match="numpy"):
        uncopied.numpy()
    TensorFlow().wait_for({"y": uncopied, "more": [uncopied, None]})


def test_what_the_user_s_code_computes_asynchronously_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[str] = []
    monkeypatch.setattr(context, "async_wait", lambda: waited.append("waited"))
    TensorFlow().wait_for(tf.constant([1.0]))
    assert waited == ["waited"]
