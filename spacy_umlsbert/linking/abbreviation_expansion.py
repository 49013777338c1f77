"""Abbreviations in mentions, written out."""

from collections.abc import Mapping

_MOST_EXPANSIONS = 5
"""An abbreviation may be written out with another one; two may stand for each other."""


def expanded(mention: str, long_forms: Mapping[str, str]) -> str:
    """A mention with its abbreviations written out, also on either side of a slash."""
    for _ in range(_MOST_EXPANSIONS if long_forms else 0):
        words = [
            "/".join(_long(part, long_forms) for part in word.split("/"))
            for word in mention.split()
        ]
        longer = " ".join(words)
        if longer == mention:
            break
        mention = longer
    return mention


def _long(word: str, long_forms: Mapping[str, str]) -> str:
    bare = word.removesuffix(",")
    return long_forms.get(bare, bare) + word[len(bare) :]
