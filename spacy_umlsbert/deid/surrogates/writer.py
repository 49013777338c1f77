"""What to write in place of each kind of protected health information."""

import re
from collections import Counter
from collections.abc import Callable, Collection

from spacy_umlsbert.deid.phi import Phi, Rule
from spacy_umlsbert.deid.rules.ages import HIGHEST
from spacy_umlsbert.deid.rules.contacts import find_contacts
from spacy_umlsbert.deid.rules.places import PLAIN_STATES, ROOM, find_places
from spacy_umlsbert.deid.surrogates.allowed_words import (
    KINDS_OF_PLACE,
    KINDS_OF_STREET,
    OF_ADDRESSES,
    may_stay,
)
from spacy_umlsbert.deid.surrogates.dates import is_day_first, offset, shift
from spacy_umlsbert.deid.surrogates.keyed_choice import Keyed
from spacy_umlsbert.deid.surrogates.names import like, surrogate_person, surrogate_word
from spacy_umlsbert.deid.surrogates.numbers import (
    surrogate_code,
    surrogate_email,
    surrogate_ip,
    surrogate_number,
    surrogate_phone,
    surrogate_ssn,
    surrogate_url,
)
from spacy_umlsbert.text.rewriting import Replacement

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_USUAL_YEAR = 2010
_KIND_OF_PLACE = re.compile(rf"(?:\s+(?:{'|'.join(KINDS_OF_PLACE)})\b\.?)+$", re.IGNORECASE)
_LEAST_LETTERS = 3
_LONG_WORD = re.compile(rf"[^\W_]{{{_LEAST_LETTERS},}}")

Write = Callable[[str], str]
_MAY_STAY = ("DATE", "AGE")  # weekdays, holidays and now and then years; ages of 89 or less


class SurrogateWriter:
    """Writes realistic text in place of PHI, the same for the same original in a patient's notes.

    Everything follows from the key, the patient and the original; nothing is stored. Dates move by
    one offset of whole weeks, so that weekdays and intervals stay (and now and then the year).

    No name of the note itself is chosen. Where the surrogate that a name has in the patient's other
    notes is one, it gets another in this note: that no original is left comes first.

    Args:
        key: The secret, at least 16 bytes.
        patient: Whose note it is.
        text: The note: words of its PHI are not chosen as surrogates. Dates without a year get
            the one that most of its dates have, and those in which the day might come first
            are read as the others show.
        found: Its PHI.
    """

    def __init__(self, key: bytes, patient: str, text: str, found: Collection[Phi]) -> None:
        self._keyed = Keyed(key, patient)
        self._by = offset(self._keyed)
        dates = [text[phi.start : phi.end] for phi in found if phi.label == "DATE"]
        years = Counter(int(year) for day in dates for year in _YEAR.findall(day))
        # The year that most of its dates have: not that of a birth, say.
        self._year = max(years, key=lambda year: (years[year], year), default=_USUAL_YEAR)
        self._day_first = is_day_first(dates)
        self._avoid = frozenset(
            word.lower()
            for phi in found
            if phi.label != "DATE"  # April is no reason against the name
            for word in _WORD.findall(text[phi.start : phi.end])
            if len(word) >= _LEAST_LETTERS
        )
        keyed = self._keyed
        self._writers: dict[str, Write] = {
            "PATIENT": self._person,
            "DOCTOR": self._person,
            "DATE": self._date,
            "AGE": _capped_age,
            "PHONE": lambda original: surrogate_phone(keyed, original),
            "FAX": lambda original: surrogate_phone(keyed, original),
            "EMAIL": lambda original: surrogate_email(keyed, original),
            "URL": lambda original: surrogate_url(keyed, original),
            "IPADDR": lambda original: surrogate_ip(keyed, original),
            "SSN": lambda original: surrogate_ssn(keyed, original),
            "HOSPITAL": self._hospital,
            "ORGANIZATION": lambda original: self._place("surname", original),
            "LOCATION-OTHER": lambda original: self._place("city", original),
            "CITY": lambda original: self._word("city", original),
            "COUNTRY": lambda original: self._word("country", original),
            "PROFESSION": lambda original: self._word("profession", original),
            "STATE": self._state,
            "STREET": self._street,
            # These stand for several types.
            "NAME": self._person,
            "LOCATION": self._location,
            "CONTACT": lambda original: self._as_found(find_contacts, original, "PHONE"),
            "ID": lambda original: self._as_found(find_contacts, original, "IDNUM"),
        }

    def __call__(self, label: str, original: str) -> str:
        """The surrogate of a finding.

        What fits nothing that is known becomes other digits and letters, and so does every word
        of the original of three or more letters and digits that would be left in it; see
        `may_stay` for those that may.
        """
        made = self._written(label, original)
        if made.lower() == original.lower() and label not in _MAY_STAY:
            return surrogate_code(self._keyed, label, original)
        own = {w.lower() for w in _LONG_WORD.findall(original) if not may_stay(label, w)}

        def replace(match: re.Match[str]) -> str:
            word = match[0]
            return surrogate_code(self._keyed, label, word) if word.lower() in own else word

        return _LONG_WORD.sub(replace, made)

    def _written(self, label: str, original: str) -> str:
        if label in self._writers:
            return self._writers[label](original)
        return surrogate_number(self._keyed, label, original)

    def _person(self, original: str) -> str:
        return surrogate_person(self._keyed, original, self._avoid)

    def _word(self, kind: str, original: str) -> str:
        return surrogate_word(self._keyed, kind, original, self._avoid)

    def _date(self, original: str) -> str:
        moved = shift(original, self._by, self._year, day_first=self._day_first)
        return surrogate_code(self._keyed, "date", original) if moved is None else moved

    def _hospital(self, original: str) -> str:
        """Another hospital, or another room."""
        room = ROOM.fullmatch(original)
        if room is None:
            return self._place("hospital", original)
        return room["kind"] + surrogate_code(self._keyed, "room", room["number"])

    def _place(self, kind: str, original: str) -> str:
        """Another name; what kind of place it is stays."""
        what = _KIND_OF_PLACE.search(original)
        name, ending = (original, "") if what is None else (original[: what.start()], what[0])
        return self._word(kind, name) + ending if name else self._word(kind, original)

    def _location(self, original: str) -> str:
        has_number = any(map(str.isdigit, original))
        return self._as_found(find_places, original, "STREET" if has_number else "LOCATION-OTHER")

    def _as_found(self, find: Rule, original: str, otherwise: str) -> str:
        """Written as the type that a rule sees in all of the original, if there is one."""
        labels = (phi.label for phi in find(original) if phi.end - phi.start == len(original))
        return self._written(next(labels, otherwise), original)

    def _state(self, original: str) -> str:
        short = len(original) == 2
        options = sorted(PLAIN_STATES if short else PLAIN_STATES.values())
        for state in self._keyed.order(options, "state", original.lower()):
            if state.lower() != original.lower() and state.lower() not in self._avoid:
                return state if short else like(state, original)
        return surrogate_code(self._keyed, "state", original)

    def _street(self, original: str) -> str:
        """Another number and name; "Street" and "Apt" stay."""
        words = _WORD.findall(original)
        ending = next((word for word in reversed(words) if word.lower() in KINDS_OF_STREET), "")
        kinds = iter(("street", "city"))

        def replace(match: re.Match[str]) -> str:
            word = match[0]
            if any(map(str.isdigit, word)) or len(word) == 1:
                return surrogate_code(self._keyed, "street", word)
            if word == ending or word.lower() in OF_ADDRESSES:
                return word
            return self._word(next(kinds, "surname"), word)

        return _WORD.sub(replace, original)


_OVER_89 = re.compile(r"ninet|hundred", re.IGNORECASE)


def _capped_age(original: str) -> str:
    """Ages over 89 become 90; lower ones stay, as they may."""
    if not any(map(str.isdigit, original)):
        return like("ninety", original) if _OVER_89.search(original) else original
    return re.sub(r"\d+", lambda m: str(min(int(m[0]), HIGHEST + 1)), original)


def surrogates(text: str, found: Collection[Phi], key: bytes, patient: str) -> list[Replacement]:
    """The replacements of a note's PHI, in the order of the text.

    Args:
        text: The note.
        found: Its PHI, merged (see `merge`).
        key: The secret.
        patient: Whose note it is.
    """
    write = SurrogateWriter(key, patient, text, found)
    return [
        Replacement(phi.start, phi.end, write(phi.label, text[phi.start : phi.end]))
        for phi in sorted(found)
    ]
