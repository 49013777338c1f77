"""Name encoders on disk: a model, its tokenizer, and how they are used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import srsly

from spacy_umlsbert.errors import InputError
from spacy_umlsbert.linking.dense_encoder import CONCEPT_WEIGHT, SPARSE_WEIGHT, NameEncoder

if TYPE_CHECKING:
    from spacy_umlsbert.model.embed import Pooling

SETTINGS = "linker.json"
_SENTENCE_TRANSFORMERS = "1_Pooling/config.json"


@dataclass(frozen=True)
class EncoderSettings:
    """How an encoder was trained, and is to be used.

    Attributes:
        pooling: As for `NameEncoder`.
        max_length: As for `NameEncoder`.
        sparse_weight: As for `NameEncoder`.
        prior_weight: As for `NameEncoder`.
        concept_weight: As for `NameEncoder`.
    """

    pooling: Pooling = "cls"
    max_length: int = 64
    sparse_weight: float = SPARSE_WEIGHT
    prior_weight: float = 0.0
    concept_weight: float = CONCEPT_WEIGHT


def save_name_encoder(folder: Path, encoder: NameEncoder) -> None:
    """Write model, tokenizer and settings into a folder."""
    encoder.model.save_pretrained(folder)
    encoder.tokenizer.save_pretrained(folder)
    settings = {
        "pooling": encoder.pooling,
        "max_length": encoder.max_length,
        "sparse_weight": round(encoder.sparse_weight, 6),
        "prior_weight": round(encoder.prior_weight, 6),
        "concept_weight": encoder.concept_weight,
    }
    srsly.write_json(folder / SETTINGS, settings)


def load_name_encoder(
    name: str, *, pooling: str | None = None, max_length: int | None = None
) -> NameEncoder:
    """Load an encoder of names.

    Args:
        name: What `load_encoder` takes: a folder, a name on the hub, ``package:…``, a pipeline.
        pooling: ``cls`` or ``mean``; by default what the encoder was trained with, which its
            folder says (``linker.json``, or a sentence-transformer's ``1_Pooling``), and else
            ``cls``, which SapBERT uses.
        max_length: Most wordpieces of a name; by default what it was trained with, and else 64.

    Raises:
        InputError: If it cannot be loaded, or there is no such pooling.
        ModuleNotFoundError: If torch or transformers is not installed.
    """
    from spacy_umlsbert.layers.transformer.load_backbone import load_encoder  # noqa: PLC0415
    from spacy_umlsbert.model.embed import POOLINGS  # noqa: PLC0415

    settings = read_settings(name)
    chosen = pooling or settings.pooling
    if chosen not in POOLINGS:
        raise InputError(f"{chosen!r} is no pooling: {' or '.join(POOLINGS)}.")
    model, tokenizer = load_encoder(name)
    return NameEncoder(
        model,
        tokenizer,
        chosen,
        max_length or settings.max_length,
        settings.sparse_weight,
        settings.prior_weight,
        settings.concept_weight,
    )


def read_settings(name: str) -> EncoderSettings:
    """What the folder of an encoder says of how it is used.

    Raises:
        InputError: If the file of settings is damaged.
    """
    from spacy_umlsbert.model.warm_start import resolve_source  # noqa: PLC0415 - imports torch

    try:
        folder = Path(resolve_source(name))
    except ValueError as error:
        raise InputError(str(error)) from None
    path = folder / SETTINGS
    try:
        if path.is_file():
            return EncoderSettings(**json.loads(path.read_text("utf-8")))
        path = folder / _SENTENCE_TRANSFORMERS
        if path.is_file() and json.loads(path.read_text("utf-8")).get("pooling_mode_mean_tokens"):
            return EncoderSettings(pooling="mean")
    except (ValueError, TypeError, AttributeError):
        raise InputError(
            "is damaged: it does not say how the encoder is used.",
            path=path,
            remedy="Save the encoder again, or copy it again from where it was trained.",
        ) from None
    return EncoderSettings()
