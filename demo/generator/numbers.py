"""Numbers in words."""

from __future__ import annotations

_UNDER_20 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spelled(n: int) -> str:
    """0 to 199 in words."""
    if n >= 100:
        return "one hundred" + (f" {spelled(n - 100)}" if n > 100 else "")
    if n < 20:
        return _UNDER_20[n]
    tens, ones = _TENS[n // 10 - 2], n % 10
    return f"{tens}-{_UNDER_20[ones]}" if ones else tens
