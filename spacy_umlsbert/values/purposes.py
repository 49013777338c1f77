"""What a drug is for, in words that nobody has marked: "prn nausea", "daily for allergies"."""

from __future__ import annotations

import re

FREE_PURPOSE = re.compile(
    r"[ ](?:for[ ])?(?!(?:and|or|may|disp|refill|refills|x|with|take|every|q|up|not|max|if|to|in|"
    r"on|at|then|the|but|daily|no|dose|as|please|per|can|also|continue|"
    r"via|basis|only|use|using|before|after|prior|during|while|until|when|sparingly|given|last|"
    r"started|held|per|dose|doses|this|that|will|was|were|is|are|has|had|she|he|pt|patient|ok|yes)\b)"
    r"((?:n/v/d|n/v|n&v|[a-z][a-z'’-]+)(?:(?:[ ]|/|[ ]or[ ]|[ ]and[ ])[a-z'’-]+){0,3})",
    re.IGNORECASE,
)
FOR_WORDS = re.compile(
    r"[ ]for[ ](?:(?:his|her|their|your|the)[ ])?(?!(?:an?|the|total|now|today|discharge|home|"
    r"further|another|at|least|more|less|up|all|each|every|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"half|several|few|many|long|which|whom|that|this|these|those|other|next|first|last|life|rest|"
    r"duration|course|age|weight|about|approximately|only|as|some|you|him|me|them|us|use|refill|"
    r"follow|followup|review|possible|now)\b)"
    r"([a-z][a-z'’-]+(?:[ ](?:and|or)[ ][a-z'’-]+|[ /](?!x\b|for\b|and\b|or\b)[a-z'’-]+){0,2})"
    r"(?=[ ]?(?:[,.;\n)]|\Z|for[ ](?:\d|\Z)|x[ ]?(?:\d|\Z)))",
    re.IGNORECASE,
)
FREE_END = re.compile(
    r"\s+(?:take|with|up|not|max|if|every|q\d|may|then|disp)\b.*|\s+(?:and|or)\Z", re.I | re.S
)
FOR = re.compile(
    r"[\s,(]*(?:(?:given|used|taken|prescribed|started|indicated)\s)?(?:as needed\s|prn\s)?"
    r"(?:for|to treat|to prevent|prn|due to|because of|against)\s"
    r"(?:(?:the|his|her|their|a|an|any|new|presumed|suspected|possible|known|acute|chronic|mild|"
    r"severe|moderate|treatment of|prevention of|management of|control of|relief of|worsening|"
    r"breakthrough|concern for|empiric|treating)\s)*",
    re.IGNORECASE,
)
OR = re.compile(r"\s*(?:,|/|or|and|&|,\s?or|,\s?and)\s*", re.IGNORECASE)
PURPOSE = re.compile(r"[ ](?:ppx|prophylaxis|proph|control|relief|prevention)\b", re.IGNORECASE)
_DUE_TO = re.compile(r"\b(?:due to|because of)\s", re.IGNORECASE)
_WITHHELD = re.compile(
    r"\b(?:not toler|intoler|stop|held\b|hold\b|discontinu|d/c|dc'd|ceas|withheld|withdrawn|avoid|"
    r"declin|refus|could not|couldn't|unable|cannot|can't|off\b|allerg|reduc|decreas|switch)",
    re.IGNORECASE,
)


def goes_on(between: str) -> bool:
    """Whether a purpose, or one more, follows behind these words: "prn", "or"."""
    return between.isspace() or bool(FOR.fullmatch(between) or OR.fullmatch(between))


def is_for(text: str, begin: int, end: int, start: int) -> bool:
    """Whether what is said of a drug, up to ``end``, is tied to a problem at ``start`` by "for".

    "Not tolerating metformin due to diarrhea" says why not, looking from ``begin`` on.
    """
    if FOR.fullmatch(text, end, start) is None:
        return False
    return not (_DUE_TO.search(text, end, start) and _WITHHELD.search(text, begin, start))
