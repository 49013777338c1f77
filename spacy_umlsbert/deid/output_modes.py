"""Three ways to write a note without its PHI: placeholders, a mask, surrogates."""

import hashlib
from collections.abc import Sequence
from typing import Literal

from spacy_umlsbert.deid.labels import category
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.errors import UsageError
from spacy_umlsbert.text.rewriting import Replacement, RewrittenText, rewrite

Output = Literal["placeholder", "label", "mask", "surrogate"]
MASK = "*"


def without_phi(
    text: str, found: Sequence[Phi], output: Output, key: bytes | None, patient_id: object = None
) -> RewrittenText:
    """A note without its PHI.

    Args:
        text: The note.
        found: Its PHI, merged.
        output: See `replacements`.
        key: The secret, for surrogates.
        patient_id: Whose note it is, for surrogates; if that is not known, it is a patient of its
            own.

    Raises:
        ValueError: If surrogates are wanted and there is no key.
    """
    patient = _own_id(text) if patient_id in (None, "") else str(patient_id)
    return rewrite(text, replacements(text, found, output, key, patient))


def _own_id(text: str) -> str:
    """The id of the patient of a text of whom nothing is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def replacements(
    text: str, found: Sequence[Phi], output: Output, key: bytes | None, patient: str
) -> list[Replacement]:
    """What to write in place of a note's PHI, in the order of the text.

    Args:
        text: The note.
        found: Its PHI, merged.
        output: ``placeholder`` for the category ("[NAME]"), ``label`` for the type ("[DOCTOR]"),
            ``mask`` for as many stars as there are letters and digits, ``surrogate`` for realistic
            text (see `surrogates`).
        key: The secret, for surrogates.
        patient: Whose note it is, for surrogates.

    Raises:
        ValueError: If surrogates are wanted and there is no key.
    """
    if output == "surrogate":
        if key is None:
            raise UsageError("surrogates need a key")
        from spacy_umlsbert.deid.surrogates.writer import surrogates  # noqa: PLC0415 - many

        return surrogates(text, found, key, patient)
    return [Replacement(phi.start, phi.end, _written(text, phi, output)) for phi in sorted(found)]


def _written(text: str, phi: Phi, output: Output) -> str:
    if output == "mask":
        return "".join(MASK if c.isalnum() else c for c in text[phi.start : phi.end])
    return f"[{category(phi.label) if output == 'placeholder' else phi.label}]"
