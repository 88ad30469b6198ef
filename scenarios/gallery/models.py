"""Which models the gallery has, by name. Those of ``KINDS`` are described by their builders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.domain.scenario import Arm

KINDS: Mapping[str, Arm] = {
    "transformer": Arm("scenarios.gallery.inputs:transformer"),
    "text_classifier": Arm("scenarios.gallery.inputs:text_classifier"),
    "ragged_text": Arm("scenarios.gallery.inputs:ragged_text"),
    "tabular": Arm("scenarios.gallery.inputs:tabular"),
    "two_arguments": Arm(
        "scenarios.gallery.inputs:two_arguments",
        inputs=("features=float32[32,16]", "context=float32[32,4]"),
    ),
    "stateful_rnn": Arm("scenarios.gallery.weights:stateful_rnn"),
    "quantised": Arm("scenarios.gallery.weights:quantised"),
    "lora": Arm("scenarios.gallery.weights:lora"),
    "vae": Arm("scenarios.gallery.training:vae"),
    "gan": Arm("scenarios.gallery.training:gan", inputs=("float32[32,16]",)),
    "add_loss": Arm("scenarios.gallery.training:add_loss"),
    "multi_output": Arm("scenarios.gallery.training:multi_output"),
}
"""One model of each kind that needs something of its own."""


def _applications() -> Iterator[tuple[str, Arm]]:
    for side, names in _BY_SMALLEST_SIDE.items():
        for name in names.split():
            arguments = {"weights": None, "input_shape": (side, side, 3), "classes": 10}
            yield name, Arm(f"keras.applications:{name}", arguments)


_BY_SMALLEST_SIDE = {
    32: """
        VGG16 VGG19 ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2
        DenseNet121 DenseNet169 DenseNet201 MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large
        NASNetMobile NASNetLarge
        EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5
        EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2
        EfficientNetV2B3 EfficientNetV2S EfficientNetV2M EfficientNetV2L
        ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge
    """,
    71: "Xception",
    75: "InceptionV3 InceptionResNetV2",
}
"""Pixels of the smallest image that a model takes → models, a family after the other."""

APPLICATIONS: Mapping[str, Arm] = dict(_applications())
"""Every model of ``keras.applications``, without weights, for the smallest image it takes."""

MODELS: Mapping[str, Arm] = {**KINDS, **APPLICATIONS}

SMALL = Arm("scenarios.gallery.weights:perceptron")
"""The baseline of large models, which a run measures twice."""
