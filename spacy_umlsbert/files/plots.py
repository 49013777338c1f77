"""Pictures are drawn where matplotlib is installed; it is optional."""

from importlib.util import find_spec


def can_plot() -> bool:
    """Whether matplotlib is installed (``pip install "spacy-umlsbert[report]"``)."""
    return find_spec("matplotlib") is not None
