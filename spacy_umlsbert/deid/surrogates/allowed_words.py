"""Words of protected health information that may stay in surrogates: they say nothing of anybody.

"Hospital" of a hospital, "Street" of a street, "van der" of a name, "Tuesday" of a date. Whatever
else has three or more letters and digits does not stay, however odd what was found is.
"""

import re

from spacy_umlsbert.deid.rules.dates import MONTHS, WEEKDAYS

OF_NAMES = frozenset(
    "de la los van der den von da di del della dos le el al bin ibn ter ten st saint jr sr ii iii "
    "iv and of dr mr mrs ms miss prof md rn np pa do phd".split()
)
KINDS_OF_PLACE = tuple(
    "hospital medical center centre clinic infirmary health system care healthcare nursing home "
    "rehab rehabilitation hospice group sanatorium institute university school college church inc "
    "corp company co department unit floor ward".split()
)
OF_ADDRESSES = frozenset(
    "north south east west apt apartment unit suite ste floor fl rm room bed bay po box".split()
)
KINDS_OF_STREET = frozenset(
    "street avenue ave road rd drive lane ln boulevard blvd court place terrace parkway pkwy "
    "highway hwy circle square turnpike alley crescent close row trail loop crossing st dr ct pl "
    "way sq ter cir".split()
)
OF_NUMBERS = frozenset("x ext extension".split())
# What a surrogate is made of whoever it is for: the exchange 555, and addresses that are nobody's.
_OF_SURROGATES = frozenset("555 www example org 198 100 2001 db8 ninety".split())
_ANYWHERE = frozenset().union(
    OF_NAMES, KINDS_OF_PLACE, OF_ADDRESSES, KINDS_OF_STREET, OF_NUMBERS, _OF_SURROGATES
)

_OF_DATES = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun christmas eve day thanksgiving easter new year "
    "years labor memorial halloween valentine valentine's independence fourth july mother mother's "
    "father father's hanukkah ramadan diwali passover veterans columbus spring summer fall autumn "
    "winter the early late mid end beginning week weeks weekend month months days last next this "
    "each every through until till from since between".split()
).union(MONTHS, WEEKDAYS, (f"{day}s" for day in WEEKDAYS))
_NUMBER_OF_A_DATE = re.compile(r"(?:19|20)\d\d(?:['’]?s)?|\d{1,2}(?:st|nd|rd|th)")
_OF_AGES = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty twenties "
    "thirties forties fifties sixties seventies eighties early late mid age aged old year years "
    "yrs month months week weeks day days half".split()
)


def may_stay(label: str, word: str) -> bool:
    """Whether a word of something with this label may stand in its surrogate.

    Args:
        label: The label; what may stay of a date or an age may not of anything else.
        word: A word, or a number.
    """
    word = word.lower()
    if word in _ANYWHERE:
        return True
    if label == "DATE":
        return word in _OF_DATES or _NUMBER_OF_A_DATE.fullmatch(word) is not None
    return label == "AGE" and word in _OF_AGES
