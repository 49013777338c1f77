"""Finds protected health information (PHI) in a text: what a model says, and what rules say."""

from collections.abc import Iterable, Sequence

from spacy_umlsbert.deid.headings import find_titles, is_of_title
from spacy_umlsbert.deid.labels import known_types, types_of
from spacy_umlsbert.deid.merging import merge
from spacy_umlsbert.deid.phi import Phi
from spacy_umlsbert.deid.rules.all_rules import find_by_rules
from spacy_umlsbert.deid.rules.eponyms import find_eponyms
from spacy_umlsbert.deid.rules.repeated_names import PERSONS, find_again, with_suffixes
from spacy_umlsbert.deid.shapes import can_be


class PhiFinder:
    """Puts together what a model and the rules find in a text, in this order:

    1. what a model found, if there is one;
    2. what the rules find: dates, numbers, addresses, names after a title …;
    3. all this merged by the rule in `deid.merging`: what any of them covers stays covered;
    4. the people among it, wherever else they are named.

    What a model calls PHI is none if it is not written like any (`deid.shapes`): a number without a
    digit, an address of mail without "@". A name of 1 or 4 inside one of the places that are no
    names, or inside an eponym ("Parkinson's disease"), is none; nothing without a digit is any
    inside the title of a section that `text.sections` knows ("Brief Hospital Course").

    Args:
        rules: Whether the rules are used.
        find_again: Whether people are found wherever they are named.
        phi_types: The types that are wanted, or labels that stand for several; all if not given.
            A label that nobody knows is always wanted.

    Raises:
        ValueError: If one of the types is not known.
    """

    def __init__(self, *, rules: bool, find_again: bool, phi_types: Iterable[str] | None) -> None:
        self.rules = rules
        self.find_again = find_again
        self.wanted = frozenset[str]().union(*map(known_types, phi_types or ()))

    def __call__(
        self, text: str, by_model: Iterable[Phi] = (), no_names: Iterable[tuple[int, int]] = ()
    ) -> list[Phi]:
        """The PHI of a text: findings in its order that do not overlap.

        Args:
            text: The text.
            by_model: What a model found.
            no_names: Places that are no names: first character, character after the last.
        """
        protected = [*find_eponyms(text), *no_names]
        shaped = (phi for phi in by_model if can_be(phi.label, text[phi.start : phi.end]))
        found = [phi for phi in shaped if not _is_protected(phi, protected)]
        if self.rules:
            found += find_by_rules(text)
        titles = find_titles(text, found)
        found = [phi for phi in found if not is_of_title(phi, text, titles)]
        # Before they are merged: what is to stay must not take with it what overlaps it.
        wanted = (phi for phi in found if self._is_wanted(phi.label))
        found = merge(with_suffixes(text, wanted))
        if self.find_again:
            found = merge([*found, *find_again(text, found, [*protected, *titles])])
        return found

    def _is_wanted(self, label: str) -> bool:
        types = types_of(label)
        return not self.wanted or not types or not types.isdisjoint(self.wanted)


def _is_protected(phi: Phi, protected: Sequence[tuple[int, int]]) -> bool:
    return phi.label in PERSONS and any(a <= phi.start and phi.end <= b for a, b in protected)
