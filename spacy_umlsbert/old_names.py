"""Old names of settings: they work for one release, with a warning that names the new one.

A factory takes them with the decorator `takes_old_names`. An architecture whose settings are
renamed gets a new version, as spaCy does it, and stays there as an `old_version`. A section of a
training's config translates them with `renamed`.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from spacy_umlsbert._compat import pipe_configs, set_pipe_configs

if TYPE_CHECKING:
    from spacy.language import Language

GOES_WITH = "0.3"
"""The release that no longer knows the old names."""

FactoryT = TypeVar("FactoryT", bound=Callable[..., Any])

_OLD_NAMES: dict[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {}
"""Name of a factory -> new names by the old ones, and the default config."""


OLD_VERSIONS: dict[str, tuple[str, dict[str, str]]] = {
    "spacy_umlsbert.UmlsBertTransformer.v1": (
        "spacy_umlsbert.UmlsBertTransformer.v2",
        {"semantic_types": "semantic_type_embeddings", "spans_key": "lookup_key"},
    ),
    "spacy_umlsbert.MentionFeatures.v1": (
        "spacy_umlsbert.MentionFeatures.v2",
        {"spans_key": "lookup_key"},
    ),
    "spacy_umlsbert.NoTagger.v1": ("spacy_umlsbert.NullTagger.v1", {}),
}
"""Registered architectures that have a newer version: that, and the new names of its settings."""


def warn_of_old_name(what: str, new: str, *, where: str = "", stacklevel: int = 3) -> None:
    """Warn that a name is an old one.

    Args:
        what: The old name, and what it is a name of, as in ``setting labels``.
        new: The new name.
        where: Where it was used, such as the name of a component.
        stacklevel: As for `warnings.warn`.
    """
    place = f"{where}: " if where else ""
    warnings.warn(
        f"{place}the {what} is now called {new}. The old name goes with version {GOES_WITH}.",
        FutureWarning,  # not DeprecationWarning: Python hides that from those it concerns
        stacklevel=stacklevel,
    )


def renamed(
    settings: Mapping[str, Any],
    names: Mapping[str, str],
    defaults: Mapping[str, Any],
    *,
    found: Callable[[str, str], None] = lambda old, new: None,
) -> dict[str, Any]:
    """Settings under their new names.

    An old name with the value None counts as not given. Where both names are given, the new one
    counts, unless it has its default value, which may have been filled in. Several old names of one
    new one give it a list of their values.

    Args:
        settings: The settings.
        names: New names by the old ones.
        defaults: The default values of settings by their new names.
        found: Is told the old and the new name of each setting that has its old name.
    """
    result = {name: value for name, value in settings.items() if name not in names}
    by_old: dict[str, list[Any]] = {}
    for old, new in names.items():
        value = settings.get(old)
        if value is None:
            continue
        found(old, new)
        if new not in result or result[new] == defaults.get(new):
            by_old.setdefault(new, []).append(value)
    result.update((new, one[0] if len(one) == 1 else one) for new, one in by_old.items())
    return result


def takes_old_names(
    factory: str, defaults: Mapping[str, Any], **names: str
) -> Callable[[FactoryT], FactoryT]:
    """Decorator of a component's factory, below `Language.factory`: old names of settings work.

    The config of the pipeline has the new names alone, so that what is saved does not have the old
    ones any more.

    Args:
        factory: The name of the factory.
        defaults: Its default config.
        **names: New names of settings, by the old ones.
    """
    _OLD_NAMES[factory] = (names, defaults)

    def decorate(make: FactoryT) -> FactoryT:
        @functools.wraps(make)
        def make_with_old_names(nlp: Language, name: str, **settings: Any) -> Any:
            # spaCy notes the config of a component after it is made, as it was given.
            configs = pipe_configs(nlp)
            if not isinstance(configs, ConfigsWithNewNames):
                set_pipe_configs(nlp, ConfigsWithNewNames(configs))
            warn = functools.partial(_warn_of_setting, name)
            return make(nlp=nlp, name=name, **renamed(settings, names, defaults, found=warn))

        # spaCy checks settings against the signature.
        signature = inspect.signature(make)
        old = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None) for n in names]
        parameters = [*signature.parameters.values(), *old]
        made: Any = make_with_old_names
        made.__signature__ = signature.replace(parameters=parameters)
        return made

    return decorate


def _warn_of_setting(component: str, old: str, new: str) -> None:
    warn_of_old_name(f"setting {old}", new, where=component, stacklevel=5)


class ConfigsWithNewNames(dict[str, Any]):
    """The configs of a pipeline's components by their names, as spaCy keeps them, renamed."""

    def __init__(self, configs: Mapping[str, Any]) -> None:
        super().__init__()
        for component, config in configs.items():
            self[component] = config

    def __setitem__(self, component: str, config: Any) -> None:
        _with_new_versions(config)
        if config.get("factory") in _OLD_NAMES:
            names, defaults = _OLD_NAMES[config["factory"]]
            _replace(config, renamed(config, names, defaults))
        super().__setitem__(component, config)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


def _with_new_versions(block: dict[str, Any]) -> None:
    """Name the new versions of registered functions in a block of a config, and their settings."""
    for value in block.values():
        if isinstance(value, dict):
            _with_new_versions(value)
    if block.get("@architectures") in OLD_VERSIONS:
        new, names = OLD_VERSIONS[block["@architectures"]]
        _replace(block, {**renamed(block, names, {}), "@architectures": new})


def _replace(block: dict[str, Any], content: Mapping[str, Any]) -> None:
    block.clear()
    block.update(content)


def old_version(old: str, make: FactoryT) -> FactoryT:
    """The old version of an architecture: it warns, and takes settings by their old names.

    Args:
        old: Its registered name, one of `OLD_VERSIONS`.
        make: The new version.
    """
    new, names = OLD_VERSIONS[old]
    old_of = {name: old_name for old_name, name in names.items()}
    called = ", ".join(f"{then} is called {now}" for then, now in names.items())

    @functools.wraps(make)
    def make_with_old_names(*args: Any, **settings: Any) -> Any:
        warn_of_old_name(f"architecture {old}", f"{new}{called and ', where '}{called}")
        return make(*args, **{names.get(name, name): value for name, value in settings.items()})

    signature = inspect.signature(make)
    parameters = [p.replace(name=old_of.get(p.name, p.name)) for p in signature.parameters.values()]
    made: Any = make_with_old_names
    made.__signature__ = signature.replace(parameters=parameters)
    return made
