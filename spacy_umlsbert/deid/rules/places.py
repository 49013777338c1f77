"""Addresses: streets, post-office boxes, cities with their state, ZIP codes; and hospitals."""

import re
from collections.abc import Iterator

from spacy_umlsbert.deid.phi import Phi

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
"""Postal abbreviations of the states of the USA, and their names."""

# Also a degree or a word ("Smith, MD"): a state only if a ZIP code follows.
_AMBIGUOUS = frozenset("AL CA CO CT DE HI ID IN LA MA MD ME MS MT ND OK OR PA".split())

_I = re.IGNORECASE
_CAPITALISED = r"(?:[A-Z][\w.'’\-]*)"
_SUFFIX = (
    r"(?:street|avenue|ave|road|rd|drive|lane|ln|boulevard|blvd|court|place|terrace|parkway|pkwy|"
    r"highway|hwy|circle|square|turnpike|alley|crescent|close|row|trail|loop|crossing)\b\.?"
)
_SHORT_SUFFIX = r"(?:St|Dr|Ct|Pl|Way|Sq|Ter|Cir|ST|DR|CT|PL|WAY|CIR)\b\.?"
_UNIT = r"(?:,? +(?:apt|apartment|unit|suite|ste|floor|fl|rm|room|\#)\.? ?\#? ?[\w\-]{1,5})?"
_STREETS = (
    re.compile(
        rf"(?<![\w.\-/])\d{{1,6}}[A-Za-z]? +(?:[nsew]\.? +|(?:north|south|east|west) +)?"
        rf"(?:[\w'’\-]+\.? +){{1,3}}?{_SUFFIX}{_UNIT}(?!\w)",
        _I,
    ),
    re.compile(
        rf"(?<![\w.\-/])\d{{1,6}}[A-Za-z]? +(?:[NSEW]\.? +)?"
        rf"(?:{_CAPITALISED} +|\d+(?:st|nd|rd|th) +){{1,3}}?{_SHORT_SUFFIX}(?:{_UNIT})(?!\w)"
    ),
    re.compile(r"\bp\.?\s?o\.? ?box +\d+", _I),
)
_NAMES_OF_STATES = "|".join(sorted(STATES.values(), key=len, reverse=True))
_CITY = r"(?:[A-Z][^\W\d_][^\W\d_.'’\-]*\.?)"
_CITY_STATE = re.compile(
    rf"(?P<city>{_CITY}(?: {_CITY}){{0,2}}),? +"
    rf"(?P<state>{'|'.join(STATES)}|{_NAMES_OF_STATES})\b\.?"
    rf"(?:,? +(?P<zip>\d{{5}}(?:-\d{{4}})?)(?!\d))?"
)
_ZIP = re.compile(
    rf"(?:\b(?:{'|'.join(STATES)}|{_NAMES_OF_STATES})\b\.?,? +|\bzip(?: ?code)? ?:? ?)"
    r"(?P<phi>\d{5}(?:-\d{4})?)(?!\d)",
    _I,
)
_POSTCODES = (
    re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\w-])"),  # British
    re.compile(r"(?<![\w-])[A-Z]\d[A-Z] \d[A-Z]\d(?![\w-])"),  # Canadian
)
ROOM = re.compile(
    r"\b(?P<kind>(?:(?i:room|rm|bed|bay|ward|suite)\.?|OR) #?)(?P<number>\d{1,4}(?:-?[A-Z])?)"
    r"(?![\w/%]|\.\d|-\d)"
)
"""A room or bed with its number."""

_STATE = re.compile(rf"\b(?:{_NAMES_OF_STATES})\b", _I)
_NOT_STATES = re.compile(r"washington|georgia|virginia", _I)  # names of people too
PLAIN_STATES = {
    short: name
    for short, name in STATES.items()
    if short not in _AMBIGUOUS and not _NOT_STATES.match(name)
}
"""The states whose abbreviation and name stand for nothing else."""

# A name may go on in the next line, but not into a field that is called "Hospital".
_HOSPITAL = re.compile(
    rf"(?:(?:St|Saint|Mt|Mount)\.?[ \n])?"
    rf"(?:{_CAPITALISED}[ \n](?:of[ \n]|the[ \n]|and[ \n]|&[ \n])?){{1,4}}"
    r"(?:Hospital|Medical[ \n]Center|Clinic|Infirmary|Health[ \n](?:Center|System|Care)|Healthcare"
    r"|Nursing[ \n]Home|Rehab(?:ilitation)?[ \n](?:Center|Hospital)|Hospice|Medical[ \n]Group"
    r"|Sanatorium"
    r"|HOSPITAL|MEDICAL[ \n]CENTER|CLINIC)(?!\w|[ \t]*[:=|])"
)
_NOT_NAMES = re.compile(
    r"(?:The|This|Our|Your|That|Primary|Care|Pain|Eye|Outpatient|Inpatient|Urgent|Family|Day|Sleep|"
    r"Surgery|Surgical|Cardiology|Dental|Oncology|Walk-in|Community|Local|Outside|In|At|To|From|"
    r"Pulmonary|Medicine|Neurology|Orthopedics?|Pediatrics?|Urology|Dermatology|Endocrine|Renal|"
    r"Children['’]s|Women['’]s|Maintenance|Sample|Psychiatric|Rheumatology|General|Home|Same|Heart|Failure|Wound|Anticoagulation|Coumadin|Diabetes|Skin|Cancer)$"
)


_WHOLE = (
    *(("STREET", "street", pattern) for pattern in _STREETS),
    *(("ZIP", "postcode", pattern) for pattern in _POSTCODES),
    ("HOSPITAL", "room", ROOM),
)


def find_places(text: str) -> Iterator[Phi]:
    """Addresses, cities with their state, postcodes, states, hospitals and rooms of a text."""
    for label, rule, pattern in _WHOLE:
        for match in pattern.finditer(text):
            yield Phi(match.start(), match.end(), label, rule)
    for match in _CITY_STATE.finditer(text):
        if match["state"] in _AMBIGUOUS and not match["zip"]:
            continue
        for group in ("city", "state", "zip"):
            if match[group]:
                yield Phi(match.start(group), match.end(group), group.upper(), "city and state")
    for match in _ZIP.finditer(text):
        yield Phi(match.start("phi"), match.end("phi"), "ZIP", "ZIP code")
    for match in _STATE.finditer(text):
        if not _NOT_STATES.match(match[0]):
            yield Phi(match.start(), match.end(), "STATE", "state")
    for match in _HOSPITAL.finditer(text):
        yield from _hospital(match)


def _hospital(match: re.Match[str]) -> Iterator[Phi]:
    """Without the words in front that belong to the sentence; none if no name is left."""
    words = list(re.finditer(r"\S+", match[0]))
    while words and _NOT_NAMES.match(words[0][0]):
        del words[0]
    if len(words) > 1:
        yield Phi(match.start() + words[0].start(), match.end(), "HOSPITAL", "hospital")
