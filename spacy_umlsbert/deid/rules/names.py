"""Names of people by what stands around them: titles, degrees, the fields of a form.

Without a model this is what there is to go by; with one it adds what the model missed.
"""

import re
from collections.abc import Iterator

from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.files.resources import package_words

_I = re.IGNORECASE
_PARTICLE = (
    r"(?:de\s+la|de\s+los|van\s+der|van\s+den|van|von|der|de|da|di|del|della|dos|le|la|el|al|bin"
    r"|ibn|ter|ten)"
)
_WORD = r"(?:(?:O['’]|Mc|Mac|D['’]|St\.\s?)?[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[A-ZÀ-ÖØ-Þ]?[\w'’]+)*)"
_INITIAL = r"(?:[A-ZÀ-ÖØ-Þ]\.)"
_PART = rf"(?:{_INITIAL}|{_PARTICLE} {_WORD}|{_WORD})"
# One blank between words: two, a tab or the end of a line begin something else more often.
_NAME = rf"{_PART}(?: {_PART}){{0,3}}"
_COMMA_NAME = rf"{_WORD}(?: {_WORD})? ?, ?{_WORD}(?: (?:{_INITIAL}|[A-Z]\b|{_WORD}))?"
_LOWER_NAME = r"[^\W\d_][\w'’\-]+"

_DOCTOR_TITLES = r"(?:Drs?|DRS?|Doctor|Prof(?:essor)?|Attending|PROF)"
_TITLES = r"(?:Mr|Mrs|Ms|Miss|Mx|Sr|Sra|MR|MRS|MS|MISS|Father|Sister|Rev|Reverend|Rabbi)"
_DEGREES = (
    r"(?:M\.?\s?D|D\.?\s?O|R\.?\s?N|N\.?\s?P|P\.?\s?A(?:-C)?|MBBS|MBChB|Ph\.?\s?D|Pharm\.?\s?D|DDS|DMD|LCSW|LICSW"
    r"|MSW|APRN|ARNP|CNM|CRNA|DPM|PT|DPT|OT|RT|LPN|BSN|MSN|FACS|FACP|RPh|PsyD|SLP|RD|CNA)\.?"
)
_AFTER_DOCTOR = re.compile(rf"\b{_DOCTOR_TITLES}\.?\s+(?P<phi>{_NAME})")
_AFTER_DOCTOR_ANY = re.compile(rf"\b(?:dr|drs)\.?\s+(?P<phi>{_LOWER_NAME}(?:\s+[a-z]\.)?)", _I)
_AFTER_TITLE = re.compile(rf"\b{_TITLES}\.?\s+(?P<phi>{_NAME})")
_AFTER_TITLE_ANY = re.compile(rf"\b(?:mr|mrs)\.?\s+(?P<phi>{_LOWER_NAME})", _I)
_BEFORE_DEGREE = re.compile(rf"(?P<phi>{_NAME})\s*,\s*{_DEGREES}(?![\w])")

_DOCTOR_FIELDS = (
    r"attending(?:\s+physician)?|physician|surgeons?|assistants?|anesthesiologists?|provider|pcp"
    r"|primary\s+care(?:\s+(?:physician|provider))?|dictated\s+by|electronically\s+signed(?:\s+by)?"
    r"|signed(?:\s+by)?|author|read\s+by|interpreted\s+by|reviewed\s+by|reported\s+by|referr(?:ing|ed\s+by)"
    r"(?:\s+(?:physician|provider|md))?|ordering\s+(?:physician|provider|md)|consultants?|resident|nurse"
    r"|radiologist|pathologist|cardiologist|therapist|social\s+worker|case\s+manager|cc|transcribed\s+by"
    r"|verified\s+by|seen\s+by|performed\s+by|prepared\s+by|technologist|from|to"
)
_PATIENT_FIELDS = (
    r"patient(?:['’]s)?(?:\s+name)?|pt(?:\s+name)?|name(?:\s+of\s+patient)?|re|last\s+name|first\s+name"
    r"|(?:emergency\s+|primary\s+)?contact|next\s+of\s+kin|nok|guardian|mother|father|spouse|husband|wife|son"
    r"|daughter|brother|sister|caregiver|guarantor|subscriber|insured|proxy|hcp|health\s*care\s+proxy|client"
)
_FIELD_NAME = rf"(?P<phi>{_COMMA_NAME}|{_NAME})"
_DOCTOR_FIELD = re.compile(
    rf"(?im:^|[\s(])(?i:{_DOCTOR_FIELDS})[ \t]*[:=][ \t]*(?:Dr\.? +)?{_FIELD_NAME}"
)
_PATIENT_FIELD = re.compile(
    rf"(?im:^|[\s(])(?i:{_PATIENT_FIELDS})[ \t]*[:=][ \t]*(?:{_TITLES}\.? +)?{_FIELD_NAME}"
)
_INTRODUCED = re.compile(
    rf"\b(?i:(?:husband|wife|son|daughter|mother|father|brother|sister|sibling|partner|fianc[ée]e?|girlfriend"
    rf"|boyfriend|friend|neighbou?r|aunt|uncle|niece|nephew|grand(?:mother|father|son|daughter)|caregiver|named"
    rf"|name\s+is|called|goes\s+by|known\s+as))\s*,?\s+(?P<phi>{_NAME})"
)

_NO_NAMES = package_words(__package__, "no_names.txt")


def find_names(text: str) -> Iterator[Phi]:
    """The names of a text that a title, a degree, a field or a word before them gives away."""
    for pattern, label, rule in (
        (_AFTER_DOCTOR, "DOCTOR", "name after a title"),
        (_AFTER_DOCTOR_ANY, "DOCTOR", "name after a title"),
        (_AFTER_TITLE, "PATIENT", "name after a title"),
        (_AFTER_TITLE_ANY, "PATIENT", "name after a title"),
        (_BEFORE_DEGREE, "DOCTOR", "name before a degree"),
        (_DOCTOR_FIELD, "DOCTOR", "name in a field"),
        (_PATIENT_FIELD, "PATIENT", "name in a field"),
        (_INTRODUCED, "PATIENT", "name after a relation"),
    ):
        for match in pattern.finditer(text):
            span = _without_words(text, match.start("phi"), match.end("phi"))
            if span is not None:
                yield Phi(*span, label, rule)


def _without_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name, cut before the first word that is none; None if nothing is left."""
    stop = start
    for word in re.finditer(r"[^\s,]+", text[start:end]):
        if word[0].strip(".'’").lower() in _NO_NAMES or "\n" in text[stop : start + word.start()]:
            break
        stop = start + word.end()
    last, comma, first = text[start:stop].partition(",")
    if comma and first.strip().isupper() and len(first.strip()) > 1 and not last.isupper():
        stop = start + len(last)  # "Lund, MRCP": a degree, and no first name
    stop -= 2 * text[start:stop].endswith(("'s", "’s"))
    return (start, stop) if stop > start and any(map(str.isalpha, text[start:stop])) else None
