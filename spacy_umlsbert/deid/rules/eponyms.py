"""What is no name though somebody is called so: "Parkinson's disease", "Foley catheter"."""

import re
from collections.abc import Iterator
from functools import cache

from spacy_umlsbert.files.resources import package_words

# What an eponym stands before.
_THING = (
    r"(?:(?:and|et|de|la)\s+)?(?:[\w-]+\s+){0,2}?(?:disease|disorder|syndrome|sign|signs|test|maneuver|"
    r"manoeuvre|catheter|criteria|score|scale|tumou?r|lymphoma|sarcoma|cyst|palsy|fracture|contracture|"
    r"deformity|dystrophy|thyroiditis|encephalopathy|phenomenon|procedure|operation|repair|incision|"
    r"drain|tube|stockings?|class(?:ification)?|grade|index|monitor|reflex|tendon|esophagus|hernia|"
    r"body|bodies|chorea|ataxia|anomaly|triad|line|point|position|aneurysm|gangrene|sarcoma|neuroma|"
    r"disease['’]s)"
)


@cache
def _pattern() -> re.Pattern[str]:
    words = package_words(__package__, "eponyms.txt")
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    name = rf"(?:{names})(?:['’]s|s)?"
    return re.compile(rf"(?<!\w){name}(?:[\s-]+{name})?[\s-]+{_THING}\b", re.IGNORECASE)


def find_eponyms(text: str) -> Iterator[tuple[int, int]]:
    """Diseases, signs, devices and procedures that are called after people.

    Yields:
        First character, and the character after the last.
    """
    for match in _pattern().finditer(text):
        yield match.span()
