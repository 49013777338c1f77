"""`umls_sections`: finds the sections of clinical notes."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from spacy_umlsbert.annotations.attributes import install
from spacy_umlsbert.annotations.pairs import is_pair
from spacy_umlsbert.annotations.sections import SectionSpans, set_sections
from spacy_umlsbert.files.rule_tables import PathOrPaths, is_path, missing_of, paths_of
from spacy_umlsbert.pipeline.guarded_pipe import GuardedPipe
from spacy_umlsbert.text.sections import (
    FoundSection,
    SectionRule,
    SectionRules,
    find_sections,
    read_section_rules,
)

DEFAULT_CONFIG: dict[str, Any] = {
    "rules": None,
    "add_rules": [],
    "remove_rules": [],
    "misspelt": True,
}
_FILE = "rules.json"


class UmlsSections(GuardedPipe):
    """Writes the sections of a Doc to ``doc.spans["sections"]``.

    A span is a whole section, with heading and text; its label is the category.
    ``span._.section_title`` and ``span._.section_body`` are spans of their own,
    ``span._.section_code`` is a LOINC code. Sections cover the Doc, and overlap only where one
    stands in another. ``token._.section`` and ``span._.section`` are the category of any place.
    Pairs for `umls_nli` have no sections.

    Args:
        name: The component's name.
        rules: A table with rules of the user, which come before those of the package; or several.
        misspelt: Whether a misspelt heading is taken for the one that is nearest in spelling.
        add_rules: Rules of the user, which come before those of the table.
        remove_rules: Headings of the package that are not known.
    """

    def __init__(
        self,
        name: str,
        rules: PathOrPaths = None,
        misspelt: bool = True,
        *,
        add_rules: Iterable[Mapping[str, Any] | Sequence[str]] = (),
        remove_rules: Iterable[str] = (),
    ) -> None:
        self.name = name
        install("umls_sections")
        self._configured = str(rules) if isinstance(rules, str | Path) else rules
        self._files = paths_of(rules)
        self._more = list(add_rules)
        self._rules = SectionRules(misspelt=misspelt)
        self._rules.remove(remove_rules)
        self._is_unread = missing_of(rules) is not None
        if not self._is_unread:
            self._read_files()

    def _read_files(self) -> None:
        for file in self._files:
            self._rules.add(read_section_rules(file))
        self._rules.add(self._more)
        self._is_unread = False

    @property
    def rules(self) -> SectionRules:
        """What is known of headings.

        A table that the config names is read when the component is made; where a saved pipeline is
        loaded it need not be there.
        """
        if self._is_unread:
            self._read_files()
        return self._rules

    def add_rules(
        self, rules: str | Path | Iterable[SectionRule | Mapping[str, str] | Sequence[str]]
    ) -> "UmlsSections":
        """Add rules, which come before those that are there.

        Args:
            rules: Rules, each also as a dict or a tuple of its fields (``heading``,
                ``category``, ``code``, ``use``); or a table of them, see `read_section_rules`. A
                dict may have ``headings``, with commas between them, in place of ``heading``.

        Raises:
            InputError: If a row of the table is no rule.
            UsageError: If a rule is none.
        """
        found: Any = read_section_rules(str(rules)) if is_path(rules) else rules
        self.rules.add(found)
        return self

    def remove_rules(self, headings: Iterable[str]) -> "UmlsSections":
        """Remove headings, as the table has them: one that was added, else one of the package.

        Raises:
            UsageError: If there is no such heading; then none is removed.
        """
        self.rules.remove(headings)
        return self

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        rules: str | Path | None = None,
    ) -> None:
        """Read rules now, so that a wrong table is found before a training.

        Args:
            get_examples: Not used.
            nlp: Not used.
            rules: A table of rules to add.
        """
        if rules is not None:
            self.add_rules(rules)
        else:
            _ = self.rules

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Write the sections of each Doc."""
        for doc in docs:
            text = doc.text
            found = [] if is_pair(doc) else find_sections(text, self.rules)
            set_sections(doc, _by_tokens(doc, found), text)

    def _saved(self) -> dict[str, Any]:
        return {
            "configured": self._configured,
            "rules": self.rules.rows(),
            "removed": sorted(self.rules.removed),
        }

    def _load(self, saved: dict[str, Any]) -> None:
        rules = [SectionRule(*row) for row in saved["rules"]]
        removed = saved.get("removed", ())
        self._rules = SectionRules(rules, misspelt=self._rules.misspelt, removed=removed)
        if self._configured in (None, saved["configured"]):
            self._is_unread = False  # it was read, and is among what was saved
        elif not self._is_unread:
            self._read_files()

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Save the rules to a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        srsly.write_json(folder / _FILE, self._saved())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "UmlsSections":
        """Load the rules from a folder."""
        self._load(srsly.read_json(Path(path) / _FILE))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The rules as bytes."""
        data: bytes = srsly.msgpack_dumps(self._saved())
        return data

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "UmlsSections":
        """Load the rules from bytes."""
        self._load(srsly.msgpack_loads(data))
        return self

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Nothing to score."""
        return {}


class _Tokens:
    """The tokens of a Doc by its characters."""

    def __init__(self, doc: Doc) -> None:
        lengths, spaces, blank = doc.to_array(["LENGTH", "SPACY", "IS_SPACE"]).T.tolist()
        self._lengths, self._blank = lengths, blank
        self._starts = list(accumulate(map(add, lengths, spaces), initial=0))[:-1]

    def at(self, char: int) -> int:
        """The token that a character is in, or the next; of blanks that begin before it the next.

        Places in the order of the text give tokens in their order.
        """
        i = bisect_right(self._starts, char) - 1
        if i < 0:
            return 0
        start = self._starts[i]
        if char >= start + self._lengths[i] or (char > start and self._blank[i]):
            return i + 1
        return i

    def up_to(self, char: int) -> int:
        """The token after the last that begins before a character."""
        return bisect_right(self._starts, char - 1) if char > 0 else 0


def _by_tokens(doc: Doc, sections: Iterable[FoundSection]) -> Iterator[SectionSpans]:
    """Sections by their tokens; one without any is left out."""
    tokens = _Tokens(doc)
    for one in sections:
        start, end = tokens.at(one.start), tokens.at(one.end)
        if start >= end:
            continue
        title = (start, start)
        if one.title_start < one.title_end:
            title = (max(start, tokens.at(one.title_start)), min(end, tokens.up_to(one.title_end)))
        body_start = max(title[1], tokens.at(one.body_start))
        body = (body_start, min(end, tokens.up_to(one.body_end)))
        if one.body_start >= one.body_end or body[0] >= body[1]:
            body = (end, end)
        yield SectionSpans(start, end, title, body, one.category, one.code)


@Language.factory(
    "umls_sections",
    assigns=[
        "doc.spans",
        "token._.section",
        "span._.section",
        "span._.section_title",
        "span._.section_body",
        "span._.section_code",
    ],
    default_config=DEFAULT_CONFIG,
)
def make_umls_sections(
    nlp: Language,
    name: str,
    rules: PathOrPaths,
    add_rules: list[dict[str, str] | list[str]],
    remove_rules: list[str],
    misspelt: bool,
) -> UmlsSections:
    """Create an `umls_sections`.

    Args:
        nlp: The pipeline.
        name: The component's name in it.
        rules: A table with rules of your own, as in ``spacy_umlsbert/text/sections/headings.tsv``:
            .tsv, .csv, .jsonl or .parquet with the columns ``category`` and ``headings``, and if
            wanted ``code`` and ``use``; or several. They are read when the component is made, and
            saved with the pipeline; where a saved pipeline is loaded they need not be there.
        add_rules: Rules of your own, each as a dict (``heading``, ``category``, ``code``, ``use``),
            or as a list of these fields in that order.
        remove_rules: Headings that are removed, as the table has them.
        misspelt: Whether a misspelt heading is taken for the one that is nearest in spelling.
    """
    return UmlsSections(name, rules, misspelt, add_rules=add_rules, remove_rules=remove_rules)
