"""The expressions by which numbers are found, each with the names of its parts.

They are read with the flags X and I, and are tried in the order of `EITHER`.
"""

from __future__ import annotations

from spacy_umlsbert.values.frequencies import PATTERN as FREQUENCY
from spacy_umlsbert.values.numbers import DIGITS, FRACTION, HALVES, NUMBER_WORD

ONE_NUMBER = rf"(?:{FRACTION}|{DIGITS})"
_PRESSURE = r"""
    (?P<sys>\d{2,3})(?:'?s?\s?[-–]\s?(?P<sys2>\d{2,3}))?'?s?(?:\s?/\s?|\s+over\s+)
    (?P<dia>\d{2,3})(?:'?s?\s?[-–]\s?(?P<dia2>\d{2,3}))?'?s?(?![\d/A-Za-z]|\s?/\s?\d|\.\d)
"""
_HEIGHT = r"""
    (?P<feet>[2-8])\s?(?:'|’|′|ft\.?|feet|foot)[ ,]{0,2}
    (?P<inches>\d{1,2}(?:\.\d+)?)\s?(?:"|”|''|’’|″|in\b\.?|inches|inch)?(?![\w])
"""
_AGE = rf"""
    (?P<age>\d{{1,3}}(?:\.\d)?|{NUMBER_WORD}(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)
    [ -]?(?:
        (?P<age_unit>years?|yrs?|y|months?|mos?|m|weeks?|wks?|w|days?|d)\.?[ -]?
        (?:of[ -]age|old|o\b\.?|/[ ]?o\b)
      | (?P<yo>y\.[ ]?o\.?(?!\w)|yo\b)
    )
  | (?:aged|age[ ]?[:=]?)[ ](?P<aged>\d{{1,3}})(?!\d|[./%-]|,\d)
    (?:[ ](?P<aged_unit>years?|months?|weeks?|days?)\b)?
  | (?P<age_sex>\d{{1,2}})[ ]?(?-i:[MF])
    (?=[ ](?:with|w/|who|p/w|c/o|here|admitted|present|s/p|hx|h/o|pt)\b|,)
"""
_CBC = rf"""
    (?P<cbc>{DIGITS}\s?[>\\}})]\s?-*\s?{DIGITS}\s?[/|-]\s?{DIGITS}\s?-*\s?[<{{(/]\s?{DIGITS})
"""
_BMP = rf"""
    (?P<bmp>{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}\s?[/<\\](?:[ ]?{DIGITS})?\s*
    (?:[-─_|+/\\]{{3,40}}\s*)?{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}(?:\s?[\\>](?:\s?{DIGITS})?)?)
"""
_GAP = r"[ \t]{0,3}[ ,;|][ \t]{0,3}"
_VITALS = rf"""
    (?P<vt>(?:9\d|10[0-7]|3[3-9]|4[0-2])(?:\.\d)?){_GAP}
    (?:(?P<vp>\d{{2,3}}){_GAP}(?P<vb>\d{{2,3}}/\d{{2,3}})|(?P<vb2>\d{{2,3}}/\d{{2,3}}){_GAP}(?P<vp2>\d{{2,3}}))
    {_GAP}(?P<vr>\d{{1,2}}){_GAP}(?P<vs>\d{{2,3}}(?:\s?%)?)(?![\d/.])
"""
_AMOUNT = rf"""
    (?P<between>between[ ])?
    (?P<cmp>(?<![-=])(?:[<>≤≥~≈]|<=|>=)(?!-)\s?=?\s?)?(?P<neg>(?<![A-Za-z])[-−–](?=[\d.]))?
    (?P<one>{FRACTION}|{HALVES}|{DIGITS})(?P<s1>'?s(?![A-Za-z]))?
    (?:
        (?P<sep>%?\s?(?:-|–|—|‑)\s?|%?\s(?:to|or)\s|(?(between)[ ]and[ ]|(?!)))
        (?P<two>[-−]?{ONE_NUMBER})(?![\d:]|/\d)(?P<s2>'?s(?![A-Za-z]))?
      | (?P<rest>(?:\s?/\s?{DIGITS}%?){{1,9}})(?![\d/])
      | (?P<sizes>(?:\s?(?:mm|cm)?\s?[x×*]\s?{DIGITS}){{1,2}})(?=\s?(?:cm|mm)\b)
      | (?P<plus>\+{{1,4}}(?!\w))
      | :[ ]?(?P<ratio>\d{{2,6}})(?![\d:])
    )?
"""
_WORD = rf"(?P<word>{NUMBER_WORD}(?:\s?(?:-|to|or)\s?{NUMBER_WORD})?(?=[ -]))"
DIGITS_BEGIN = (
    r"(?:(?<!\w)(?<!\d[.,/:])(?<![A-Za-z]-)|(?P<glued>(?<=[A-Za-z]))|(?P<hyphened>(?<=[A-Za-z]-)))"
    r"(?=[\d.<>≤≥~≈½¼¾⅓⅔⅛(−–-])"
)
WORDS_BEGIN = (
    r"(?<![A-Za-z0-9])(?=[qQ]\.?[ ]?\d|[xX×][ ]?\d|(?:between \d|every|each|once|twice|thrice"
    r"|up to|max|at most|on [a-z]|per |a day|a 24|for [\dot]|mwf|m/w|m-w|tts|t/th|tth"
    rf"|aged?[ :=]|a half|half|one-half|{NUMBER_WORD}|mon|tue|wed|thu|fri|sat|sun))"
)
EITHER = (
    rf"{_CBC}|{_BMP}|{_VITALS}|{_AGE}|{FREQUENCY}|{_HEIGHT}|{_PRESSURE}|{_AMOUNT}"
    rf"|(?P<halves>{HALVES})|{_WORD}"
)
