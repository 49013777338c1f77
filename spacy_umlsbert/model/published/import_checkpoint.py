"""Turn the published UmlsBERT checkpoint into a model directory of this package."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import BertTokenizerFast

from spacy_umlsbert._compat import BertOnlyMLMHead
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import new_directory
from spacy_umlsbert.model.configuration import UmlsBertConfig
from spacy_umlsbert.model.modeling import SEMANTIC_TYPE_WEIGHT, UmlsBertModel
from spacy_umlsbert.model.published.state_dict import (
    WEIGHT_FILES,
    StateDict,
    find_weights,
    modern_names,
    read_state_dict,
)
from spacy_umlsbert.model.published.vocabulary import (
    read_vocabulary,
    semantic_type_order,
    wordpiece_semantic_types,
)

PUBLISHED_VOCABULARY = "vocab_updated.txt"
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_TYPES = f"bert.{SEMANTIC_TYPE_WEIGHT}"
_WORDS = "bert.embeddings.word_embeddings.weight"
_DECODER = "cls.predictions.decoder.weight"
_DECODER_BIAS = "cls.predictions.decoder.bias"
_OPTIONAL = ("bert.pooler.",)
_NAMES_SHOWN = 5


@dataclass
class ImportReport:
    """What an import did.

    Attributes:
        path: The directory that was made.
        semantic_types: The TUIs in the order of their ids, 1 … n.
        wordpieces: Number of wordpieces in the vocabulary.
        typed_wordpieces: How many of them have a semantic type.
        lower_case: Whether the tokenizer makes text lower case.
        masked_lm: Whether the head for masked language modelling came along.
        remarks: What a user should know of choices and changes, one sentence each.
    """

    path: Path
    semantic_types: list[str]
    wordpieces: int
    typed_wordpieces: int
    lower_case: bool
    masked_lm: bool
    remarks: list[str] = field(default_factory=list)


def import_checkpoint(
    directory: str | Path,
    out: str | Path,
    *,
    vocabulary: str | Path | None = None,
    weights: str | Path | None = None,
    lower_case: bool | None = None,
) -> ImportReport:
    """Make an `UmlsBertModel` directory of the published checkpoint.

    The checkpoint is a state dict of BERT, with or without a head, plus ``tui_type_embeddings``
    (Michalopoulos et al. 2021, section 3.2.2). Its semantic types get the ids that its training
    used, and the semantic types of its wordpieces become part of the config. A head for masked
    language modelling is kept; other heads are left out.

    Args:
        directory: Holds ``config.json``, the weights and the vocabulary.
        out: The directory to make. It must not exist, or be empty.
        vocabulary: The file with concepts and types; by default ``vocab_updated.txt`` in
            ``directory``.
        weights: The file of weights; by default ``model.safetensors`` or ``pytorch_model.bin``.
        lower_case: Whether the tokenizer makes text lower case. By default what
            ``tokenizer_config.json`` says, or else whether the vocabulary has no upper case.

    Raises:
        InputError: If a file is missing or damaged, or the files do not fit each other.
    """
    directory = Path(directory)
    if not directory.is_dir():
        raise InputError("there is no such directory.", path=directory)
    vocabulary = Path(vocabulary or directory / PUBLISHED_VOCABULARY)
    weights = Path(weights) if weights else find_weights(directory)
    published = _read_json(directory / "config.json")
    entries = read_vocabulary(vocabulary)
    wordpieces = [entry.wordpiece for entry in entries]
    _check_wordpieces(wordpieces, vocabulary, directory / "vocab.txt")
    types = semantic_type_order(entries)
    if not types:
        raise InputError(
            "has no wordpiece with a semantic type.",
            path=vocabulary,
            remedy="Give the file whose lines are wordpiece|CUI|TUI.",
        )
    config = _config(published, types, wordpiece_semantic_types(entries))
    config.pad_token_id = wordpieces.index("[PAD]")
    if config.vocab_size != len(wordpieces):
        raise InputError(
            f"has {len(wordpieces)} wordpieces, but config.json says {config.vocab_size}.",
            path=vocabulary,
        )
    _check_tui_size(published.get("tui_size"), types, directory / "config.json", vocabulary)
    remarks: list[str] = []
    state = _fitting(modern_names(read_state_dict(weights)), config, weights, vocabulary, remarks)
    config.architectures = ["UmlsBertForMaskedLM" if _has_head(state) else UmlsBertModel.__name__]
    lower_case = _lower_case(lower_case, directory, wordpieces, remarks)
    with new_directory(out) as partial:
        config.save_pretrained(partial)
        save_file(state, partial / WEIGHT_FILES[0], metadata={"format": "pt"})
        (partial / WEIGHT_FILES[0]).chmod(0o644)  # safetensors makes it private
        _save_tokenizer(wordpieces, lower_case, config, partial)
    return ImportReport(
        path=Path(out),
        semantic_types=types,
        wordpieces=len(wordpieces),
        typed_wordpieces=len(config.wordpiece_semantic_types),
        lower_case=lower_case,
        masked_lm=_has_head(state),
        remarks=remarks,
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}.", path=path) from None
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise InputError("is not a JSON file with an object.", path=path)
    return values


def _check_wordpieces(wordpieces: Sequence[str], path: Path, plain: Path) -> None:
    if missing := [token for token in SPECIAL_TOKENS if token not in wordpieces]:
        raise InputError(f"has no {', '.join(missing)}.", path=path, remedy="Is it a BERT's?")
    if plain.is_file() and [e.wordpiece for e in read_vocabulary(plain)] != wordpieces:
        raise InputError(f"its wordpieces are not those of {plain}.", path=path)


def _config(
    published: Mapping[str, Any], types: list[str], table: dict[str, str]
) -> UmlsBertConfig:
    ours = ("tui_size", "model_type", "semantic_types", "transformers_version")
    return UmlsBertConfig(
        semantic_types=types,
        ordered_semantic_types=True,
        wordpiece_semantic_types=table,
        **{key: value for key, value in published.items() if key not in ours},
    )


def _check_tui_size(tui_size: object, types: Sequence[str], config: Path, vocabulary: Path) -> None:
    if tui_size is not None and tui_size != len(types) + 1:
        raise InputError(
            f"says tui_size {tui_size}, but {vocabulary} has {len(types)} semantic types, which "
            f"makes {len(types) + 1} with 'none'.",
            path=config,
            remedy="Give the vocabulary file that the checkpoint was trained with.",
        )


def _has_head(state: Mapping[str, torch.Tensor]) -> bool:
    return any(name.startswith("cls.predictions.") for name in state)


def _fitting(
    state: StateDict, config: UmlsBertConfig, path: Path, vocabulary: Path, remarks: list[str]
) -> StateDict:
    """The weights of the backbone and the masked-LM head, checked against the config."""
    _untie(state, config, remarks)
    parts: dict[str, nn.Module] = {}
    with torch.device("meta"):  # shapes only
        parts["bert."] = UmlsBertModel(config)
        if _has_head(state):
            parts["cls."] = BertOnlyMLMHead(config)
    wanted = {p + k: v.shape for p, part in parts.items() for k, v in part.state_dict().items()}
    for tied in (_DECODER, _DECODER_BIAS):
        if tied not in state:
            wanted.pop(tied, None)
    missing = [k for k in wanted if k not in state]
    if lost := [k for k in missing if not k.startswith(_OPTIONAL)]:
        raise InputError(f"lacks {_some(lost)}.", path=path, remedy=_why_missing(lost))
    if missing:
        remarks.append(
            "The checkpoint has no pooler: pooler_output is that of random weights until trained."
        )
    if extra := [k for k in state if k not in wanted and k.startswith("bert.")]:
        raise InputError(
            f"has weights that the config does not know: {_some(extra)}.",
            path=path,
            remedy="config.json must be that of the checkpoint.",
        )
    if heads := {".".join(k.split(".")[:2]) for k in state if k not in wanted}:
        remarks.append(f"Left out the weights of another head: {_some(sorted(heads))}.")
    result: StateDict = {}
    for name, shape in wanted.items():
        if name not in state:
            continue
        value = state[name]
        if value.shape != shape:
            raise InputError(
                f"{name} is of shape {tuple(value.shape)}; config.json and {vocabulary.name} "
                f"make it {tuple(shape)}.",
                path=path,
            )
        if not torch.isfinite(value).all():
            raise InputError(f"{name} has values that are not finite.", path=path)
        result[name] = value.to(torch.float32).clone(memory_format=torch.contiguous_format)
    if result[_TYPES][0].any():
        # The published code sets the embedding of id 0 to zero in every forward pass.
        result[_TYPES][0] = 0
        remarks.append(
            "Row 0 of the semantic-type embedding (no type) was not zero, and has been set to "
            "zero: the published code never used it."
        )
    return result


def _untie(state: StateDict, config: UmlsBertConfig, remarks: list[str]) -> None:
    """Leave out the copies that a masked-LM head keeps of other weights."""
    bias = state.get("cls.predictions.bias")
    if bias is None and _DECODER_BIAS in state:
        state["cls.predictions.bias"] = bias = state[_DECODER_BIAS]
    state.pop(_DECODER_BIAS, None)
    decoder, words = state.get(_DECODER), state.get(_WORDS)
    if decoder is None or words is None:
        return
    if torch.equal(decoder, words):
        del state[_DECODER]
    else:
        config.tie_word_embeddings = False
        remarks.append("The masked-LM head has weights of its own: they are not tied.")


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _why_missing(names: Sequence[str]) -> str:
    if list(names) == [_TYPES]:
        return "It is a plain BERT, which needs no import: name it as the weights of a pipeline."
    return "It must be the state dict of a BERT, and config.json that of the checkpoint."


def _lower_case(
    asked: bool | None, directory: Path, wordpieces: Sequence[str], remarks: list[str]
) -> bool:
    if asked is not None:
        return asked
    file = directory / "tokenizer_config.json"
    stated = _read_json(file).get("do_lower_case") if file.is_file() else None
    if isinstance(stated, bool):
        remarks.append(f"The tokenizer is {_cased(stated)}, as {file.name} says.")
        return stated
    words = (word for word in wordpieces if not word.startswith("["))
    lower_case = not any(word != word.lower() for word in words)
    remarks.append(
        f"The tokenizer is {_cased(lower_case)}, as the vocabulary is. The slow tokenizer of "
        "transformers lower-cases where nothing is said, also with a cased vocabulary: choose "
        "lower case to repeat figures that were measured that way."
    )
    return lower_case


def _cased(lower_case: bool) -> str:
    return "lower-casing" if lower_case else "cased"


def _save_tokenizer(
    wordpieces: Sequence[str], lower_case: bool, config: UmlsBertConfig, folder: Path
) -> None:
    file = folder / "vocab.txt"
    file.write_bytes("".join(f"{word}\n" for word in wordpieces).encode())
    BertTokenizerFast(
        vocab_file=str(file),
        do_lower_case=lower_case,
        model_max_length=config.max_position_embeddings,
    ).save_pretrained(folder)
