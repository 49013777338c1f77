"""Gold Docs as ``.spacy`` files."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.corpora.quick_docbin import QuickDocBin
from spacy_umlsbert.errors import InputError
from spacy_umlsbert.files.atomic import atomic_file

ATTRIBUTES = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "SENT_START")


def write_docs(docs: Iterable[Doc], path: Path) -> int:
    """Write Docs with their entities, span groups and custom attributes.

    The file appears under its name, or replaces the one there, only when all is written.

    Returns:
        The number of Docs.
    """
    docbin = QuickDocBin(attrs=ATTRIBUTES, docs=docs, store_user_data=True)
    with atomic_file(path) as partial:
        docbin.to_disk(partial)
    return len(docbin)


def read_docs(path: Path, vocab: Vocab) -> Iterator[Doc]:
    """The Docs of a ``.spacy`` file, with the custom attributes of gold Docs.

    Raises:
        InputError: If it is not such a file.
    """
    install("readers")
    try:
        docbin = QuickDocBin().from_disk(path)
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        message = f"is not a .spacy file that can be read ({type(error).__name__})."
        remedy = "Make one with 'python -m spacy umls convert'."
        raise InputError(message, path=path, remedy=remedy) from None
    yield from docbin.get_docs(vocab)
