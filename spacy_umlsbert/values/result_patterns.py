"""What may stand around results of tests, as expressions."""

from __future__ import annotations

import re

JOINED = re.compile(
    r"\s*(?:,|/|and|&|or|,\s?and|as well as|\+)\s*(?:the |serum |his |her |a )?", re.I
)
LISTED = re.compile(r"\s*(?:,|and|/|&|,\s?and|to)\s*", re.IGNORECASE)
TREND = re.compile(
    r"(?:->|-->|→|<-|←|=>|⇒|>|\bto|\bthen|\bnow|\bfrom|\brepeat(?:ed)?|\brecheck(?:ed)?|\|"
    r"|\bbaseline(?: of)?|\band|\bto a (?:peak|nadir) of|\bpeak(?: of)?|\bnadir(?: of)?|\btoday"
    r"|\byesterday|\bor|\bwas|\bprior|\bprev\.?|\bprevious(?:ly)?|\blast|\bat"
    r"|\b(?:pre|post)(?:[- ]?(?:hd|dialysis|op|nebs?|nebuli[sz]ers?|"
    r"bronchodilator|salbutamol|albuterol))?"
    r"|\b(?:today|yesterday|overnight|[ap]m|morning|admission|discharge|week|month),)\s*[:=(]?\s*\Z",
    re.IGNORECASE,
)
COUNTED = re.compile(r"[ ][A-Za-z]{3,}s\b(?<!ays)(?<!was)")
WORD_FOLLOWS = re.compile(r"[ ]?[a-z]{3,}")
SMALL = re.compile(
    r"(?:[ ](?:of|in|from|on)(?:[ ][\w'’-]+){1,5}?(?=[ ](?:was|were|is|are|remained|came)[ ]))?"
    r"[\s:=,|(\-–—]*(?:(?:was|were|is|are|be|been|being|to|remained|remains|remain|came|back|"
    r"returned|all|both|results?|levels?|has|have|had|still|also|grossly|essentially|otherwise|the|"
    r"of|a|as|tests?|titers?|show(?:s|ed|ing)?|reveal(?:s|ed|ing)?|found|completely|entirely|"
    r"that|which|within|yielded|demonstrated|at|again|in|now|repeatedly|only|but|an?|quite|"
    r"continues?|continued|thought|considered|felt|reported|judged|further|count|values?|"
    r"x\d|sets?|qual(?:itative)?|quant(?:itative)?|serum|urine|pcr|antigen|ag|antibody|antibodies|"
    r"ab|igg|igm|iga|rapid|poc|assay|stain|smear|dipstick|final|preliminary|prelim|report|now|today|"
    r"sets?|findings?|studies|study|examination|exam|screen(?:ing)?|cultures?|for|s)\b"
    r"[\s:,(]*)*",
    re.IGNORECASE,
)
NOUN_FOLLOWS = re.compile(
    r"[ ](?!(?:and|but|with|on|in|at|for|by|after|before|during|except|without|as|to|from|since|"
    r"until|when|while|throughout|bilaterally|today|yesterday|overnight|again|apart|besides|or|if|"
    r"initially|upon|over|across|because|due|despite|than|then|so|except|this|that|which|who|range|"
    r"limits|results?|findings?|levels?|values?|at|of|again|per|both|here|now|though|although)\b)"
    r"[a-z]{3,}"
)
"""Behind a word of a result: what it says something of, so that it is no result of the test."""

FORWARD = re.compile(
    r"\s*(?:for |levels? of |an? |titers? |values? of |serum |plasma |blood |in |of |the "
    r"|results? (?:of|for) |findings? (?:on|in) |his |her |amounts? of |titers? of "
    r"|concentrations? of )*",
    re.IGNORECASE,
)
NUMBER_FOLLOWS = re.compile(r"[\s:,=(\[]*[<>≤≥]?\s?\d")
STABLE_AT = re.compile(
    r"(?:stable|unchanged|steady)[ \t]+(?:at|around|about|~)[ \t]+(?:about |around |~)?[<>]?\d",
    re.IGNORECASE,
)
DATED = re.compile(
    r"[;,]?\s*(?:\bon\s)?\(?(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/.])\)?\s*:?"
)
"""A date between two results, or before one: "9.8 (3/1), 8.7 (3/2)"."""
SIGN = re.compile(r"[ ]?[:=]?[ ]?(\([ ]?[+–-][ ]?\)|\+(?!\w))(?=[ ]?(?:[,;.\n]|\Z|for\b|x\d))")
PANEL = re.compile(
    r"(?:ua|u/a|urinalysis|(?:urine )?dip(?:stick)?|udip|cbc|fbc|bmp|cmp|lfts?|u&es?|"
    r"chem(?:istry)?[ -]?\d*|abg|vbg|blood gas|csf|lipids?|lipid (?:panel|profile)|coags?|"
    r"iron studies|tfts|bloods|lytes|electrolytes|renal (?:panel|profile)|bone profile|"
    r"hepatic panel|diff(?:erential)?|complete blood count)"
)
"""Tests that are several: names behind them that nobody has marked are parts of them."""
SERIES = 3
HIGHEST_PAIN = 10
FURTHEST_ABOVE = 120
POSITION = re.compile(
    r"(?:\A|[\n,;])[ \t]*(?:[-*•][ ]?)?(?:(?:R|L|right|left|both|lying|supine|sitting|seated|"
    r"standing|upright|manual|auto|repeat|recheck|pre|post|arms?|legs?|thigh|wrist|after|at|\d|min(?:utes?|s)?|"
    r"upper|lower|ue|le|rue|lue|rle|lle)[ ]?){1,4}[:=-]?[ \t]*\Z",
    re.IGNORECASE,
)
"""Behind a line end: where or how a blood pressure was taken."""
WIDE = re.compile(r"\t[ \t]*|[ ][ \t]+")
NARROW = re.compile(r"[ ]?[:=]?[ ]?")
"""Between columns, and between a name and its result in one of them."""

LONGEST_GAP = 60
MOST_TOGETHER = 30
SCORES = frozenset(
    "gcs mmse moca apgar apgars vas nrs phq-9 kps nihss meld cam-icu braden mrs sofa".split()
)
