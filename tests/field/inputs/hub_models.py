"""Models of Keras Hub at a size that takes no time, without weights of theirs."""

import keras_hub as hub

SMALL = dict(vocabulary_size=64, num_layers=2, num_heads=2, hidden_dim=16, intermediate_dim=32)


def bert():
    return hub.models.BertBackbone(**SMALL, max_sequence_length=16)


def bert_classifier():
    return hub.models.BertTextClassifier(backbone=bert(), num_classes=3)


def bert_classifier_of_texts():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "quick", "brown", "fox"]
    tokenizer = hub.models.BertTokenizer(vocabulary=words)
    prepares = hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=8)
    return hub.models.BertTextClassifier(
        backbone=bert(), num_classes=3, preprocessor=prepares
    )


def distil_bert():
    return hub.models.DistilBertBackbone(**SMALL, max_sequence_length=16)


def roberta():
    return hub.models.RobertaBackbone(**SMALL, max_sequence_length=16)


def gpt2():
    return hub.models.GPT2Backbone(**SMALL, max_sequence_length=16)


def gpt2_causal():
    return hub.models.GPT2CausalLM(backbone=gpt2())


def llama():
    return hub.models.LlamaBackbone(
        vocabulary_size=64, num_layers=2, num_query_heads=2, num_key_value_heads=1,
        hidden_dim=16, intermediate_dim=32)


def gemma():
    return hub.models.GemmaBackbone(
        vocabulary_size=64, num_layers=2, num_query_heads=2, num_key_value_heads=1,
        hidden_dim=16, intermediate_dim=32, head_dim=8)


def t5():
    return hub.models.T5Backbone(
        vocabulary_size=64, num_layers=2, num_heads=2, hidden_dim=16, intermediate_dim=32)


def bart():
    return hub.models.BartBackbone(**SMALL, max_sequence_length=16)


def whisper():
    return hub.models.WhisperBackbone(
        vocabulary_size=64, num_layers=2, num_heads=2, hidden_dim=16, intermediate_dim=32,
        num_mels=8, max_encoder_sequence_length=32, max_decoder_sequence_length=16)


def resnet():
    return hub.models.ResNetBackbone(
        input_conv_filters=[64], input_conv_kernel_sizes=[3], stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1], stackwise_num_strides=[1, 2], block_type="basic_block",
        use_pre_activation=False, image_shape=(32, 32, 3))


def resnet_classifier():
    return hub.models.ResNetImageClassifier(backbone=resnet(), num_classes=4)


def vit():
    return hub.models.ViTBackbone(
        image_shape=(32, 32, 3), patch_size=8, num_layers=2, num_heads=2, hidden_dim=16,
        mlp_dim=32)


def vgg():
    return hub.models.VGGBackbone(
        stackwise_num_repeats=[1, 1], stackwise_num_filters=[8, 16], image_shape=(32, 32, 3))


def clip():
    vision = hub.models.CLIPVisionEncoder(
        patch_size=8, hidden_dim=16, num_layers=1, num_heads=2, intermediate_dim=32,
        image_shape=(32, 32, 3))
    text = hub.models.CLIPTextEncoder(
        vocabulary_size=64, embedding_dim=16, hidden_dim=16, num_layers=1, num_heads=2,
        intermediate_dim=32, max_sequence_length=8)
    return hub.models.CLIPBackbone(vision, text, projection_dim=8)
