"""Makes a release in UMLS's format, of any size, to measure with: the names mean nothing.

What matters to a matcher is like the UMLS: how long names are, how many share their first words,
that nearly every word of a medical text is a name of its own, and that the files hold rows that are
filtered out (other languages, suppressible names). The word counts follow the shape of the English
names of the UMLS: most have two to five words, with a long tail. Words come from the text given, by
their frequency, and from invented ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from spacy_umlsbert.umls import all_tuis, semantic_type

# Share of names by number of words, from one on.
_LENGTHS = [9, 19, 18, 14, 11, 8, 6, 4, 3, 2, 1.5, 1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2, 0.2]
_LONGEST = 60  # a few names are very long
_ONSETS = "b br c cl d dr f fl g gl h l m n p pl pr qu r s st t tr v x z".split()
_VOWELS = "a e i o u ae ia io".split()
_ENDINGS = "itis osis oma emia ine ol ase in ide one ate ium al ic ous um a us ectomy scopy".split()
_CHUNK = 200_000
# Vocabularies and term types; the preferred name of every concept is of the first.
_SOURCES = [
    ("MSH", "MH"),
    ("SNOMEDCT_US", "PT"),
    ("SNOMEDCT_US", "SY"),
    ("NCI", "SY"),
    ("RXNORM", "IN"),
    ("LNC", "LN"),
    ("MDR", "LLT"),
]


def make_release(
    directory: Path,
    concepts: int,
    names_per_concept: float,
    texts: list[str],
    *,
    words: int = 400_000,
    seed: int = 0,
) -> dict[str, int]:
    """Write MRCONSO.RRF, MRSTY.RRF, MRDEF.RRF and MRREL.RRF.

    Args:
        directory: Where to; it is made.
        concepts: Number of concepts.
        names_per_concept: Mean number of English, not suppressible names of a concept.
        texts: Texts whose words the names are made of.
        words: Number of distinct words, those of the texts included.
        seed: Of the random numbers.

    Returns:
        The numbers of concepts, wanted names and rows of MRCONSO.RRF. Every wanted name is of an
        atom with a code; a further atom of every second concept is one of ICD-10-CM.
    """
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    vocabulary, weights = _vocabulary(texts, words, rng)
    counts = 1 + rng.poisson(names_per_concept - 1, concepts)
    written = 0
    with (directory / "MRCONSO.RRF").open("w", encoding="utf-8") as file:
        names = _names(vocabulary, weights, int(counts.sum()), rng)
        for concept, count in enumerate(tqdm(counts.tolist(), desc="MRCONSO", unit_scale=True)):
            texts_of = [next(names) for _ in range(count)]
            rows = [_row(concept, i, text) for i, text in enumerate(texts_of)]
            if concept % 2 == 0:  # a code of a classification, with a name that is there already
                rows.append(_row(concept, count + 2, texts_of[0], of=("ICD10CM", "PT")))
            if concept % 4 == 0:
                rows.append(_row(concept, count, f"nom {concept}", language="FRE"))
            if concept % 5 == 0:
                rows.append(_row(concept, count + 1, f"old name {concept}", suppress="O"))
            written += len(rows)
            file.write("".join(rows))
    _write_types(directory, concepts, rng)
    _write_definitions(directory, concepts, vocabulary, rng)
    _write_relations(directory, concepts, rng)
    return {"concepts": concepts, "names": int(counts.sum()), "rows": written}


def _vocabulary(
    texts: list[str], words: int, rng: np.random.Generator
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Words, and how often names use each."""
    counted = Counter(word for text in texts for word in re.findall(r"[A-Za-z][\w-]*", text))
    real = [word for word, _ in counted.most_common(words // 2)]
    known = set(real)
    invented: list[str] = []
    while len(real) + len(invented) < words:
        word = "".join(
            _ONSETS[rng.integers(len(_ONSETS))] + _VOWELS[rng.integers(len(_VOWELS))]
            for _ in range(rng.integers(1, 5))
        )
        word += _ENDINGS[rng.integers(len(_ENDINGS))]
        if rng.random() < 0.1:
            word = f"{word}-{rng.integers(1, 200)}"
        if word not in known:
            known.add(word)
            invented.append(word)
    weights = np.array([counted[word] ** 0.75 for word in real] + [0.5] * len(invented))
    return np.array(real + invented, dtype=object), weights / weights.sum()


def _names(
    vocabulary: NDArray[np.object_],
    weights: NDArray[np.float64],
    total: int,
    rng: np.random.Generator,
) -> Iterator[str]:
    shares = np.array(_LENGTHS) / sum(_LENGTHS)
    singles = 0
    while total > 0:
        size = min(_CHUNK, total)
        total -= size
        lengths = rng.choice(np.arange(1, len(shares) + 1), size, p=shares)
        lengths[rng.random(size) < 0.001] = _LONGEST
        drawn = rng.choice(vocabulary, int(lengths.sum()), p=weights).tolist()
        at = 0
        for length in lengths.tolist():
            name = drawn[at : at + length]
            at += length
            if length == 1:
                # Single words are not drawn by frequency: each is the name of few concepts.
                name = [vocabulary[singles % len(vocabulary)]]
                singles += 1
            elif length > 3 and at % 7 == 0:
                name[1] += ","
            yield " ".join(name)


def _row(
    concept: int,
    number: int,
    name: str,
    language: str = "ENG",
    suppress: str = "N",
    of: tuple[str, str] | None = None,
) -> str:
    ts = "P" if number == 0 else "S"
    source, term_type = of or _SOURCES[(concept * (number > 0) + number) % len(_SOURCES)]
    code = str(concept * 10 + number)
    if source == "ICD10CM":  # of several concepts, as those of a classification are
        code = f"{chr(65 + concept % 26)}{concept // 26 % 100:02d}.{concept // 2600 % 1000}"
    atom = concept * 100 + number
    return (
        f"C{concept:07d}|{language}|{ts}|L{atom:09d}|PF|S{atom:09d}|Y|A{atom:09d}||{concept}||"
        f"{source}|{term_type}|{code}|{name}|0|{suppress}|256|\n"
    )


def _write_types(directory: Path, concepts: int, rng: np.random.Generator) -> None:
    tuis = all_tuis()
    drawn = rng.integers(len(tuis), size=(concepts, 2))
    second = rng.random(concepts) < 0.08
    with (directory / "MRSTY.RRF").open("w", encoding="utf-8") as file:
        for concept in range(concepts):
            for i in range(1 + second[concept]):
                kind = semantic_type(tuis[drawn[concept, i]])
                file.write(
                    f"C{concept:07d}|{kind.tui}|{kind.tree_number}|{kind.name}|AT{concept:08d}||\n"
                )


def _write_definitions(
    directory: Path, concepts: int, vocabulary: NDArray[np.object_], rng: np.random.Generator
) -> None:
    """A definition for one concept in fourteen, as in the UMLS."""
    with (directory / "MRDEF.RRF").open("w", encoding="utf-8") as file:
        for concept in range(0, concepts, 14):
            words = vocabulary[rng.integers(len(vocabulary), size=25)]
            file.write(
                f"C{concept:07d}|A{concept:08d}|AT{concept:08d}||NCI|{' '.join(words)}|N||\n"
            )


def _write_relations(directory: Path, concepts: int, rng: np.random.Generator) -> None:
    """A parent for half of the concepts."""
    with (directory / "MRREL.RRF").open("w", encoding="utf-8") as file:
        for concept in range(1, concepts, 2):
            parent = int(rng.integers(concept))
            file.write(
                f"C{concept:07d}||AUI|PAR|C{parent:07d}||AUI|inverse_isa|R{concept:08d}||"
                "SNOMEDCT_US|SNOMEDCT_US|||N||\n"
            )
