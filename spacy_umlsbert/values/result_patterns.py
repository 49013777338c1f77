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
    r"|\byesterday|\bor|\bwas|\bprior|\bprevious(?:ly)?|\blast|\bat)\s*[:=(]?\s*\Z",
    re.IGNORECASE,
)
COUNTED = re.compile(r"[ ][A-Za-z]{3,}s\b(?<!ays)(?<!was)")
WORD_FOLLOWS = re.compile(r"[ ]?[a-z]{3,}")
SMALL = re.compile(
    r"(?:[ ](?:of|in|from|on)(?:[ ][\w'’-]+){1,5}?(?=[ ](?:was|were|is|are|remained|came)[ ]))?"
    r"[\s:=,|(\-–—]*(?:(?:was|were|is|are|be|been|being|to|remained|remains|remain|came|back|"
    r"returned|all|both|results?|levels?|has|have|had|still|also|grossly|essentially|otherwise|the|"
    r"of|a|as|tests?|titers?|show(?:s|ed|ing)?|reveal(?:s|ed|ing)?|found|completely|entirely|"
    r"that|which|within|yielded|demonstrated|at|again|in|now|repeatedly|only|but|an?|quite|continues?|continued|"
    r"thought|considered|felt|reported|judged|further|count|values?|"
    r"x\d|sets?|findings?|studies|study|examination|exam|screen(?:ing)?|cultures?|for|s)\b"
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
SERIES = 3
LONGEST_GAP = 60
MOST_TOGETHER = 30
SCORES = frozenset(
    "gcs mmse moca apgar apgars vas nrs phq-9 kps nihss meld cam-icu braden mrs sofa".split()
)
