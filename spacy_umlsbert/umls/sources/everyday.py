"""Words of everyday language, which sources leave out where they are names of something else."""

from __future__ import annotations

from functools import lru_cache

from spacy_umlsbert.umls.matching.normalization import read_words


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Words of everyday English, in small letters."""
    from faker.providers.lorem.en_US import Provider  # noqa: PLC0415 - for this alone

    return frozenset(Provider.word_list) | read_words("ordinary_words.txt")
