"""Which names only one sex has."""

from __future__ import annotations

import re

_FEMALE = re.compile(
    r"pregnan|ovar|uter|vagin|cervical (cancer|dysplasia|intra)|hyster|menst|menop|menorrh|breast"
    r"|mastec|mammo|endometr|pap smear|cesarean|c-section|preeclamp|eclamp|lumpec|gestation|labou?r"
    r"|miscarriage|tubal|dilation and curettage|\bd&c\b|fibroid|pcos|polycystic ov|dysmenor|amenor"
    r"|hot flash|lactat|oophor|colposcop|vulv|contracepti|raloxifene|tamoxifen|letrozole|anastroz",
    re.I,
)
_MALE = re.compile(
    r"prostat|testic|erectile|\bbph\b|\bpsa\b|\bturp\b|vasectomy|penile|scrot|orchi|epididym"
    r"|circumcis|tamsulosin|finasteride|phimosis|impotence|hydrocele",
    re.I,
)


def sex_of(texts: list[str]) -> str:
    """F or M where a name says that only one sex has it."""
    joined = " ".join(texts)
    if _FEMALE.search(joined):
        return "F" if not re.search("lactate|lactic|lactulose", joined, re.I) else ""
    return "M" if _MALE.search(joined) else ""
