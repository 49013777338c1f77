"""Protected health information in generated notes: people, places, dates and numbers.

How it is written is in `demo/notes/phi.yml`; `PhiWriter.write` makes a marked text of a slot.
"""

from demo.generator.phi.cast import Cast
from demo.generator.phi.writer import PHI_SLOTS, PhiWriter

__all__ = ["PHI_SLOTS", "Cast", "PhiWriter"]
