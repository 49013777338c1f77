"""A tokenizer whose tokens end where biomedical mentions end."""

from collections.abc import Callable

from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from spacy_umlsbert.guard import without_text

PREFIXES = (r"[-–/+]",)
"""A sign that a word begins with: "-Tacrolimus", "/-)-amphetamine"."""

INFIXES = (
    r"[()\[\]{}]",  # (METH)-induced, 5-HT(6), [Ca]o
    r"(?<=[)\]}])[-–/](?=\w)",  # the hyphen that follows
    r"(?<=[^\W\d_])[-–](?=\d)",  # thallium-201
    r"(?<=\d)[/](?=\w)",  # aceto-acetate/3-hydroxybutyrate
    r"(?<=\w)[+](?=[\w/)\]-])",  # Na+-binding, GSPE+drug
    r"(?<=[+])[-–/](?=\w)",
)
"""Where a word is cut inside, beside spaCy's own places."""

SUFFIXES = (r"[-–/+]", r"(?<=[A-Z])\.")
"""What a word ends with: "digitalis-", "vitamin D."."""

_GUARD = without_text("a text could not be tokenized")


class BiomedicalTokenizer(Tokenizer):
    """spaCy's tokenizer, whose errors hold no text."""

    def __call__(self, text: str) -> Doc:
        """Tokenize a text."""
        return _GUARD.call(super().__call__, text)


def biomedical_tokenizer() -> Callable[[Language], Tokenizer]:
    """`spacy_umlsbert.BiomedicalTokenizer.v1`: spaCy's tokenizer with some more places to cut.

    A mention can only be found if its borders are borders of tokens. With spaCy's English rules
    1.3 % of the mentions of BC5CDR's training part begin or end inside a token, as in
    "(METH)-induced" and "vitamin D."; the additional rules were written from that part.

    Write ``[nlp.tokenizer]`` and ``@tokenizers = "spacy_umlsbert.BiomedicalTokenizer.v1"`` in a
    config. The rules are those of the pipeline's language, and are saved with the pipeline.
    """

    def make(nlp: Language) -> Tokenizer:
        defaults = nlp.Defaults
        prefixes = compile_prefix_regex([*(defaults.prefixes or ()), *PREFIXES])
        suffixes = compile_suffix_regex([*(defaults.suffixes or ()), *SUFFIXES])
        infixes = compile_infix_regex([*(defaults.infixes or ()), *INFIXES])
        return BiomedicalTokenizer(
            nlp.vocab,
            rules=defaults.tokenizer_exceptions,
            prefix_search=prefixes.search,
            suffix_search=suffixes.search,
            infix_finditer=infixes.finditer,
            token_match=defaults.token_match,
            url_match=defaults.url_match,
        )

    return make
