"""`trf_data_cleaner`: drops the transformer's output from a Doc when nothing needs it any more."""

from spacy import Language
from spacy.tokens import Doc


@Language.component("trf_data_cleaner", requires=["doc._.trf_data"])
def trf_data_cleaner(doc: Doc) -> Doc:
    """Set ``doc._.trf_data`` to None; it is large, and is saved and sent along with a Doc.

    spaCy's `doc_cleaner` would drop ``doc.tensor`` as well, and with it ``token.has_vector`` and
    ``span.as_doc()``.
    """
    if Doc.has_extension("trf_data"):
        doc._.trf_data = None
    return doc
