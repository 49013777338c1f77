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
_POUNDS = r"""
    (?P<pounds>\d{1,3})\s?(?:lbs?\.?|pounds?)[ ,]{0,2}(?:and[ ])?
    (?P<ounces>\d{1,2}(?:\.\d+)?)\s?(?:oz|ounces?)\b
"""
_NO_MONTHS_OLD = r"""
    (?!(?:(?<=[x×])|(?<=[x×][ ])|(?<=for[ ])|(?<=past[ ])|(?<=last[ ])|(?<=over[ ])|(?<=every[ ])
      |(?<=each[ ])|(?<=in[ ])|(?<=after[ ])|(?<=within[ ])|(?<=next[ ])|(?<=q[ ])|(?<=q))
      \d{1,3}[ ]?mo\b(?!\.?[ -]?old))
"""
"""Where "3 mo" is no age of months, but how long or how often: "x 3 mo", "in 3 mo"."""

_AGE = rf"""
    {_NO_MONTHS_OLD}(?P<age>\d{{1,3}}(?:\.\d)?|{NUMBER_WORD}(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)
    [ -]?(?:
        (?P<age_unit>years?|yrs?|y|months?|mos?|m|weeks?|wks?|w|days?|d)\.?[ -]?
        (?:of[ -]age|old|o\b\.?|/[ ]?o\b)
      | (?P<yo>y\.[ ]?o\.?(?!\w)|yo\b)
    )
  | (?:aged|age[ ]?[:=]?)[ ](?P<aged>\d{{1,3}})(?!\d|[/%-]|[.,]\d)
    (?:[ ](?P<aged_unit>years?|months?|weeks?|days?)\b)?
  | (?<![–-])(?!(?:9[5-9]|10\d)[ ]?F)(?P<age_sex>\d{{1,3}})(?:
      [ ]?(?-i:[MF])(?=[ ](?!oral|rectal|axill|tympan|core|at\b|today|now\b|temp|ax\b|po\b
        |over|last|and\b|copies|cells|units|to\b|for\b|of\b|or\b)
        (?:(?-i:[a-z]{{2,}}\b)|w/|s/p|c/o|h/o|p/w|pmhx?\b|nkda)|,)
    | (?:[ -]?(?:years?|yrs?|y/?o?)[ -]|(?<=\d\d)[ -]?)
      (?=(?:male|female|man|woman|boy|girl|gentleman|lady)\b)
    | /(?-i:[MF])(?![\w/]))
"""
_CBC = rf"""
    (?P<cbc>{DIGITS}\s?[>\\}})]\s?-*\s?{DIGITS}\s?[/|-]\s?{DIGITS}\s?-*\s?[<{{(/]\s?{DIGITS})
"""
_BMP = rf"""
    (?P<bmp>{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}\s?[/<\\](?:[ ]?{DIGITS})?\s*
    (?:[-─_|+/\\]{{3,40}}\s*)?{DIGITS}\s?\|\s?{DIGITS}\s?\|\s?{DIGITS}(?:\s?[\\>](?:\s?{DIGITS})?)?)
"""
_GAP = r"[ \t]{0,3}[ ,;|/-][ \t]{0,3}"
_VITALS = rf"""
    (?P<vt>(?:9\d|10[0-7]|3[3-9]|4[0-2])(?:\.\d)?){_GAP}
    (?:(?P<vp>\d{{2,3}}){_GAP}(?P<vb>\d{{2,3}}/\d{{2,3}})|(?P<vb2>\d{{2,3}}/\d{{2,3}}){_GAP}(?P<vp2>\d{{2,3}}))
    {_GAP}(?P<vr>\d{{1,2}}){_GAP}(?P<vs>\d{{2,3}}(?:\s?%)?)(?![\d/.])
  | (?P<vt2>(?:9\d|10[0-7]|3[3-9]|4[0-2])\.\d){_GAP}(?P<vp3>\d{{2,3}}){_GAP}(?P<vr2>\d{{1,2}}){_GAP}
    (?P<vb3>\d{{2,3}}/\d{{2,3}})
    (?:{_GAP}(?P<vs2>\d{{2,3}}\s?%|(?:8\d|9\d|100)(?=[ ]?(?:RA|on)\b)))?(?![\d/.])
  | (?P<vb5>\d{{2,3}}/\d{{2,3}}){_GAP}(?P<vp5>\d{{2,3}}){_GAP}(?P<vr4>\d{{1,2}}){_GAP}
    (?P<vs4>\d{{2,3}}\s?%)
  | (?P<vb4>\d{{2,3}}/\d{{2,3}}){_GAP}(?P<vp4>\d{{2,3}}){_GAP}(?P<vr3>\d{{1,2}}){_GAP}
    (?P<vt3>(?:9\d|10[0-7]|3[3-9]|4[0-2])\.\d)
    (?:{_GAP}(?P<vs3>\d{{2,3}}\s?%|(?:8\d|9\d|100)(?=[ ]?(?:RA|on)\b)))?(?![\d/.])
"""
_AMOUNT = rf"""
    (?P<between>between[ ])?
    (?P<cmp>(?<![-=])(?:[<>≤≥~≈]|<=|>=)(?!-)\s?=?\s?)?(?P<neg>(?<![A-Za-z])[-−–](?=[\d.]))?
    (?P<one>{FRACTION}|{HALVES}|{DIGITS})(?P<s1>'?s(?![A-Za-z]))?
    (?:
        (?P<chain>(?:[-–]{DIGITS}){{2,9}})(?=[ ]?(?:mg|mcg|units?|u|ml|mls|tabs?|tablets?)\b)
      | (?P<sep>%?\s?(?:-|–|—|‑)\s?|%?\s(?:to|or)\s|(?(between)[ ]and[ ]|(?!)))
        (?P<two>[-−]?{ONE_NUMBER})(?![\d:]|/\d)(?P<s2>'?s(?![A-Za-z]))?
      | (?P<rest>(?:\s?/\s?{DIGITS}%?){{4,8}}\s?[<>\\]\s?{DIGITS}
        |(?:[ ]?\\[ ]?{DIGITS}){{3,9}}(?![ ]?\\)
        |(?:\s?/\s?{DIGITS}%?){{1,9}})(?![\d/])
      | (?P<sizes>(?:\s?(?:mm|cm)?\s?[x×*]\s?{DIGITS}){{1,2}})(?=\s?(?:cm|mm)\b)
      | (?P<plus>\+{{1,4}}(?!\w))
      | (?:(?<=[ (]1):[ ]|:)(?P<ratio>\d{{1,3}}(?:,\d{{3}})+|\d{{2,6}}|(?<=[ (]1:)[248])(?![\d:])
    )?
"""
_ROMAN = r"i{1,3}(?=[ ](?:tabs?|tablets?|caps?|capsules?|gtts?|drops?|puffs?|tsp|sprays?)\b)"
_WORD = rf"(?P<word>(?:{NUMBER_WORD}(?:\s?(?:-|to|or)\s?{NUMBER_WORD})?|{_ROMAN})(?=[ -]))"
DIGITS_BEGIN = (
    r"(?:(?<!\w)(?<!\d[.,/:])(?<![A-Za-z]-)|(?P<glued>(?<=[A-Za-z]))|(?P<hyphened>(?<=[A-Za-z]-)))"
    r"(?=[\d.<>≤≥~≈½¼¾⅓⅔⅛(−–-])"
)
WORDS_BEGIN = (
    r"(?<![A-Za-z0-9])(?=[qQ]\.?[ ]?\d|[xX×][ ]?\d|(?:between \d|every|each|once|twice|thrice"
    r"|up to|max|at most|on [a-z]|per |a day|a 24|for [\dot]|mwf|m/w|m-w|tts|t/th|tth"
    rf"|{_ROMAN}|aged?[ :=]|a half|half|one-half|{NUMBER_WORD}|mon|tue|wed|thu|fri|sat|sun))"
)
EITHER = (
    rf"{_CBC}|{_BMP}|{_VITALS}|{_AGE}|{FREQUENCY}|{_HEIGHT}|{_POUNDS}|{_PRESSURE}|{_AMOUNT}"
    rf"|(?P<halves>{HALVES})|{_WORD}"
)
