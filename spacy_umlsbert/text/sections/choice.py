"""Which of the lines that may be headings are some: what the note's headings have in common."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from spacy_umlsbert.text.sections.candidates import (
    AMONG,
    COLON,
    MIDDLE,
    NOTHING,
    RUN,
    STOP,
    TIGHT,
    Candidate,
    Form,
    is_letter,
)
from spacy_umlsbert.text.sections.tables import DIVISION, MINOR

_FEW, _SEVERAL, _MANY = 2, 3, 4
_FAINT = frozenset((RUN, STOP, TIGHT))
"""What may stand behind a title by chance."""

_IN_LINES = Form("", COLON, False)
_RUN = Form("", RUN, False)
_BARE = Form("", NOTHING, True)
_AMONG = Form("", AMONG, False)
_SOME, _MUCH = 0.1, 0.4  # of the lines
_PAIRS = ({"s", "o"}, {"a", "p"})


class _Looks:
    """The categories of headings by what the headings look like."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._by_form: defaultdict[tuple[Form, str], set[str]] = defaultdict(set)
        for one in candidates:
            assert one.rule is not None
            self._by_form[one.form, one.case].add(one.rule.category)

    def categories(self, like: Candidate, form: Form | None = None) -> set[str]:
        """The categories of the headings that look like one."""
        alike = {"capitals": ("capitals", "short"), "title": ("title", "short"),
                 "short": ("capitals", "title", "short"), "lower": ("lower",)}  # fmt: skip
        found: set[str] = set()
        for case in alike[like.case]:
            found |= self._by_form.get((form or like.form, case), set())
        return found


def chosen(candidates: Sequence[Candidate], lines: int) -> list[Candidate]:
    """The headings of a note among what may be some, in order.

    A known title in a clear form is one. Others have to look like headings of the note: known
    ones without a colon within a paragraph, in small letters, in the middle of a line or in a
    list; short names that may label a line as well ("ECG"); unknown titles with text behind them.

    Args:
        candidates: What may be headings, in order.
        lines: How many lines of the note are not empty.
    """
    known = [one for one in candidates if _is_major(one)]
    plain = _categories(one for one in known if one.sure and not one.listed)
    listed = _categories(one for one in known if one.listed)
    alone = _categories(one for one in known if one.form.alone and one.sure)
    inline = _categories(one for one in known if not one.form.alone)
    looks = _Looks(known)
    in_lines = len(inline) >= len(alone)
    faint = [one for one in known if one.form.end in _FAINT]
    bare = len(_categories(one for one in known if one.form == _BARE))
    prose = _in_prose(faint, lines) and not (
        bare >= _MANY and all(one.stands_out for one in faint if one.form == _RUN)
    )
    accepted = [
        one
        for one in known
        if _is_heading(one, looks, plain, listed, in_lines)
        and not (prose and one.form.end in _FAINT)
    ]
    looks = _Looks(accepted)
    letters = _letters(candidates)
    taken = set(map(id, accepted)) | set(map(id, letters))
    others = []
    anywhere: set[int] = set()
    for one in candidates:
        if id(one) in taken or _is_major(one) or is_letter(one):
            continue
        if one.rule is None:
            right = _is_unknown_heading(one, looks, bool(accepted))
        else:
            right = _is_supported(one, looks, in_lines)
            if right:
                anywhere.add(id(one))
            clear = one.form.alone or one.form.end == COLON
            right = right or (clear and bool(one.rule.within))
        if right:
            others.append(one)
    found = sorted([*accepted, *letters, *others], key=lambda one: one.start)
    return _without_bodies(_placed(found, anywhere))


def _is_major(candidate: Candidate) -> bool:
    return candidate.rule is not None and candidate.rule.use in ("", DIVISION)


def _categories(candidates: Iterable[Candidate]) -> set[str]:
    return {one.rule.category for one in candidates if one.rule is not None}


def _is_heading(
    one: Candidate, looks: _Looks, plain: set[str], listed: set[str], in_lines: bool
) -> bool:
    """Whether a known title is a heading."""
    if one.listed:
        # Of a plan, say: "PLAN:", "1. Labs: in the morning". Or all headings are in a list.
        return len(listed) > len(plain)
    if one.sure:
        return True
    similar = looks.categories(one)
    if one.form.end == MIDDLE:
        return in_lines and len(similar | looks.categories(one, _IN_LINES)) >= _FEW
    if one.form.end == AMONG:
        return in_lines and len(similar | looks.categories(one, _RUN)) >= _MANY
    if one.form.end in _FAINT:
        among = looks.categories(one, _AMONG) if one.form == _RUN else set()
        if one.form == _RUN and one.stands_out and len(similar) >= _FEW:
            # Of a note whose other headings stand alone: "HPC", "FHx Nil", "O/E"
            among = looks.categories(one, _BARE)
            in_lines = in_lines or len(among) >= _MANY
        return in_lines and len(similar | among) >= _SEVERAL
    bare = one.form == _BARE and one.case == "title" and not one.begins
    return len(similar) >= (_SEVERAL if bare else _FEW)


def _in_prose(faint: Sequence[Candidate], lines: int) -> bool:
    """Whether titles without a sign behind them are what sentences of a text begin with.

    Notes that are written so have little else: a line without a title is the rare one.
    """
    short = sum(one.case in ("capitals", "short") for one in faint)
    return len(faint) < lines * (_SOME if 2 * short > len(faint) else _MUCH)


def _is_supported(one: Candidate, looks: _Looks, in_lines: bool) -> bool:
    """Whether a title that may label a line as well looks like headings of the note."""
    similar = looks.categories(one)
    if one.form.end == MIDDLE:
        return in_lines and len(similar | looks.categories(one, _IN_LINES)) >= _SEVERAL
    return len(similar) >= _FEW and not one.listed


def _letters(candidates: Sequence[Candidate]) -> list[Candidate]:
    """S, O, A and P, if there are at least two that belong together, and look alike."""
    by_form: defaultdict[Form, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if is_letter(one):
            by_form[one.form._replace(alone=False, end=_sign(one))].append(one)
    found = []
    for alike in by_form.values():
        letters = {one.title.casefold() for one in alike}
        if len(letters) >= _SEVERAL or letters in _PAIRS:
            found += alike
    return found


def _sign(one: Candidate) -> str:
    """What stands behind a letter, whether it is in the middle of a line or not."""
    return "colon" if one.form.end == MIDDLE else one.form.end


def _is_unknown_heading(one: Candidate, looks: _Looks, any_known: bool) -> bool:
    """Whether a title that is in no table is a heading."""
    if one.listed and one.form.end == NOTHING and one.case != "capitals":
        return False  # an item of a list
    if not one.sure:
        few = _FEW if one.form.mark else _SEVERAL
        return len(looks.categories(one)) >= few
    if one.form.alone:
        return True
    if any_known:
        return bool(looks.categories(one))
    return one.stands_out


def _without_bodies(found: Sequence[Candidate]) -> list[Candidate]:
    """Without lines that are all there is under a heading: "Reason for visit", "Annual exam"."""
    result: list[Candidate] = []
    for one in found:
        last = result[-1] if result else None
        bare = one.form.alone and one.form.end == NOTHING and not one.sure and not one.listed
        below = last is not None and last.form.alone and last.line == one.line - 1
        is_whole = one.rule is not None and one.title.casefold() == one.rule.heading
        whole = " " in one.title and is_whole
        if not (bare and below and one.case != "capitals" and not whole):
            result.append(one)
    return result


def _placed(found: Sequence[Candidate], anywhere: set[int]) -> list[Candidate]:
    """Those that are headings only in a section of some category, only there."""
    result: list[Candidate] = []
    category = ""
    for one in found:
        within = one.rule.within if one.rule is not None else ""
        if within and id(one) not in anywhere:
            if within == category:
                result.append(one)
            continue
        named = one.rule.category if one.rule is not None else ""
        minor = one.rule is not None and one.rule.use == MINOR
        if minor and one.form.end == MIDDLE and named == category:
            continue  # of social history: "Lives alone. Tobacco: none."
        category = named
        result.append(one)
    return result
