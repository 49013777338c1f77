"""Numbers in other units, by pint and its table of UCUM (the packages of the extra ``units``)."""

from __future__ import annotations

from functools import cache
from typing import Any

from spacy_umlsbert.errors import MissingPackageError, UsageError


def converted(number: float, unit: str, to: str) -> float:
    """A number in another unit: ``converted(62.5, "ug", "mg")`` is 0.0625.

    Units of activity, international units and pieces are of their own kind, and convert to nothing
    else.

    Args:
        number: The number.
        unit: Its unit, as a code of UCUM.
        to: The other one.

    Raises:
        UsageError: If one of them is no code, or they measure different things.
        MissingPackageError: If ucumvert is not installed.
    """
    if unit == to:
        return number
    try:
        registry = _registry()
        (factor, units), (divisor, wanted) = (_parts(registry.from_ucum(one)) for one in (unit, to))
        return float(registry.Quantity(number * factor, units).to(wanted).magnitude) / divisor
    except MissingPackageError:
        raise
    except Exception:
        raise UsageError(
            "the unit cannot be converted: both have to be codes of UCUM, for the same thing."
        ) from None


def _parts(unit: Any) -> tuple[float, Any]:
    """The factor of a unit, such as that of "mg/(5.mL)", and the unit without it."""
    return (unit.magnitude, unit.units) if hasattr(unit, "magnitude") else (1.0, unit)


@cache
def _registry() -> Any:
    try:
        from ucumvert import PintUcumRegistry  # noqa: PLC0415
    except ImportError:
        install = "pip install 'spacy-umlsbert[units]'"
        raise MissingPackageError("To convert units", "ucumvert", install) from None
    return PintUcumRegistry()
