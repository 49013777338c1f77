"""Protected health information in generated notes: people, places, dates and numbers.

How it is written is in `assets/notes/phi.yml`; `PhiWriter.write` makes a marked text of a slot.
"""

from .cast import Cast
from .writer import PHI_SLOTS, PhiWriter

__all__ = ["PHI_SLOTS", "Cast", "PhiWriter"]
