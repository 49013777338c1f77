"""Docs to and from msgpack without looking for codecs again and again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from srsly import msgpack

T = TypeVar("T")

_REGISTRIES = (msgpack.msgpack_encoders, msgpack.msgpack_decoders)


@contextmanager
def codecs_found_once() -> Iterator[None]:
    """Within it, srsly uses the codecs of numpy and of installed packages that it has found once.

    Else it looks through all that is registered or installed for each span group that spaCy reads
    or writes, which takes a millisecond: 14,000 notes and pairs, 25 seconds in place of 7.
    """
    before = [vars(registry).get("get_all") for registry in _REGISTRIES]
    for registry, found in zip(_REGISTRIES, _found(), strict=True):
        registry.get_all = found
    try:
        yield
    finally:
        for registry, one in zip(_REGISTRIES, before, strict=True):
            if one is None:
                del registry.get_all
            else:
                registry.get_all = one


def drawn(docs: Iterable[T]) -> Iterator[T]:
    """The same, each drawn within `codecs_found_once`, which does not reach to who takes them."""
    iterator = iter(docs)
    nothing = object()
    while True:
        with codecs_found_once():
            doc = next(iterator, nothing)
        if doc is nothing:
            return
        yield doc  # type: ignore[misc]


@cache
def _found() -> list[Callable[[], dict[str, Any]]]:
    """For each registry what gives its codecs."""
    return [registry.get_all().copy for registry in _REGISTRIES]
