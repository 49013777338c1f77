"""Realistic text in place of protected health information (PHI).

- `writer`: the entrance: the surrogate of each kind of PHI
- `names`, `numbers`, `dates`: what it writes; a form of a date that `deid.rules.dates` finds has
  to be read here too
- `allowed_words`: words of PHI that may stay
- `keyed_choice`: choices that depend on a secret key alone; `key`: where the key comes from
"""
