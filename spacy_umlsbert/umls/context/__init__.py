"""Names in context: which concept an ambiguous, short or everyday name means here, or none.

`candidates` says what is known of a name whatever stands around it; `surroundings` cuts out what
does; `cues` has the rules, each with its points; `reader` adds up and decides.
"""
