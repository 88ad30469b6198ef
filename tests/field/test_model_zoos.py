"""Models that people install from the package index, in an environment made for them."""

from __future__ import annotations

from pathlib import Path

from tests.field.running import Measured, measured

ZOO = "zoo=keras==3.15.1 keras-hub==0.32.0 keras-tuner==1.4.8"
BACKBONES = ("bert", "distil_bert", "roberta", "gpt2", "llama", "gemma", "t5", "bart", "whisper")
TASKS = ("bert_classifier", "bert_classifier_of_texts", "gpt2_causal", "resnet_classifier")
IMAGES = ("resnet", "vit", "vgg")


def measured_once(folder: Path, *arguments: str, arms: dict[str, str]) -> Measured:
    """What one round says of ``arms``, whose modules need the zoo."""
    once = ("--rounds", "1", "--schedule", "solo", "--no-evidence", "--interpreter", ZOO)
    return measured(folder, *once, *arguments, arms=arms)


def test_models_of_keras_hub_are_called_with_what_they_declare(tmp_path: Path) -> None:
    names = (*BACKBONES, *TASKS, *IMAGES)
    arms = {name: f"hub_models:{name}" for name in names}
    found = measured_once(tmp_path, "--call-mode", "function", arms=arms)
    assert found.code == 0, found.errors
    for name in names:
        assert found.statuses(name) == {"function": True}, name
    answer = found.answer()
    assert "token_ids int32[32,16], values 0 to 63 (vocabulary of " in answer
    assert "what is compared does not compute the same" in answer


def test_length_that_a_model_bounds_is_told_with_what_changes_it(tmp_path: Path) -> None:
    arms = {"clip": "hub_models:clip"}
    found = measured_once(tmp_path, "--call-mode", "function", arms=arms)
    assert found.code == 3, found.errors
    (reason,) = {failure["reason"] for failure in found.document["failures"]}
    assert "; --input [NAME=]DTYPE[BATCH,...] replaces what the suite made up: token_ids" in reason
    said = ("--input", "token_ids=int32[2,8]")
    again = measured_once(tmp_path, "--call-mode", "function,predict", *said, arms=arms)
    assert again.code == 0, again.errors
    assert again.statuses("clip") == {"function": True, "predict": True}


def test_hypermodels_of_keras_tuner_are_measured_as_they_are_compiled(tmp_path: Path) -> None:
    arms = {name: f"tuner_models:{name}" for name in ("resnet", "xception")}
    found = measured_once(tmp_path, "--call-mode", "function,train", "--batch", "2", arms=arms)
    assert found.code == 0, found.errors
    for name in arms:
        assert found.statuses(name) == {"function": True, "train": True}
    assert "by the builder (Adam, categorical_crossentropy)" in found.answer()
