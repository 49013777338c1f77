"""Where the key of surrogates comes from. It is never saved with a pipeline."""

import os
from pathlib import Path

from spacy_umlsbert.errors import InputError

VARIABLE = "SPACY_UMLSBERT_DEID_KEY"
LEAST_BYTES = 16


def read_key(path: str | Path | None) -> bytes:
    """The key in a file, or in the environment variable ``SPACY_UMLSBERT_DEID_KEY``.

    Args:
        path: The file; all of its bytes but a last line break are the key. None for the variable.

    Raises:
        InputError: If there is no key, or it is too short.
    """
    remedy = (
        "Make one with: python -c 'import secrets; print(secrets.token_hex(32))' > deid.key; keep "
        f"it secret, and give its path as key_file, or its content in the variable {VARIABLE}."
    )
    if path is None:
        key = os.environ.get(VARIABLE, "").encode()
        if not key:
            raise InputError("surrogates need a key, and there is none.", remedy=remedy)
    else:
        try:
            key = Path(path).read_bytes().rstrip(b"\r\n")
        except OSError:
            raise InputError("the key cannot be read.", path=path, remedy=remedy) from None
    if len(key) < LEAST_BYTES:
        raise InputError(
            f"the key has {len(key)} bytes; at least {LEAST_BYTES} are needed.",
            path=path,
            remedy=remedy,
        )
    return key
