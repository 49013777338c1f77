"""Private and version-bound names of other packages are in `_compat` alone, and lazy exports."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import spacy_umlsbert
from spacy_umlsbert import _compat, umls

PACKAGE = Path(spacy_umlsbert.__file__).parent
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in PACKAGE.rglob("*.py")
    if path.name != "_compat.py"
}

VERSION_BOUND = (
    "spacy.cli",
    "spacy_transformers",
    "thinc.layers.pytorchwrapper",
    "torch.nn.attention",
    "transformers.",
)
"""Modules whose content moves from release to release."""

DOCUMENTED = frozenset({"_", "_asdict", "_fields", "_make", "_replace", "_Element", "_getframe"})
"""Names with an underscore that are public: of named tuples, sys, spaCy's extensions and lxml."""

KNOWN_TO_ONE = {
    "nmslib": "linking/index/neighbour_graph.py",
    "scispacy.abbreviation": "text/abbreviations.py",
    "scispacy.custom_sentence_segmenter": "text/sentences.py",
}


def imports(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """Modules, and the names that are imported from them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", [alias.name for alias in node.names]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def nodes(kind: type[ast.AST]) -> Iterator[Any]:
    return (node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, kind))


def test_version_bound_names_are_imported_in_compat_alone() -> None:
    offences = [
        (path, module, names)
        for path, tree in TREES.items()
        for module, names in imports(tree)
        if not module.startswith("spacy_umlsbert")
        if (f"{module}.".startswith(VERSION_BOUND) and module != "transformers")
        or any(map(is_private, [*module.split("."), *names]))
    ]
    assert not offences


def test_a_package_that_may_be_missing_is_known_to_one_module() -> None:
    found: dict[str, set[str]] = {}
    for path, tree in TREES.items():
        for module, names in imports(tree):
            for full in (module, *(f"{module}.{name}" for name in names)):
                if full in KNOWN_TO_ONE:
                    found.setdefault(full, set()).add(path)
    assert found == {module: {path} for module, path in KNOWN_TO_ONE.items()}


def test_private_attributes_of_others_are_listed_in_compat() -> None:
    listed = {name for names in _compat.PRIVATE_ATTRIBUTES.values() for name in names}
    functions = {node.name for node in nodes(ast.FunctionDef)}
    attributes = [node for node in nodes(ast.Attribute) if is_private(node.attr)]
    fields = {
        node.attr
        for node in attributes
        if isinstance(node.ctx, ast.Store) and getattr(node.value, "id", "") in ("self", "cls")
    }
    variables = {node.id for node in nodes(ast.Name) if isinstance(node.ctx, ast.Store)}
    own = (functions | fields | variables | DOCUMENTED) - listed
    used = {node.attr for node in attributes} - own
    assert used <= listed
    assert listed <= used | functions | variables


@pytest.mark.parametrize("owner", _compat.PRIVATE_ATTRIBUTES)
def test_private_attributes_are_those_of_the_installed_releases(owner: str) -> None:
    module, _, name = owner.partition(":")
    kind = getattr(import_module(module), name)
    source = "".join(
        Path(sys.modules[base.__module__].__file__ or "").read_text("utf-8")
        for base in kind.__mro__
        if (getattr(sys.modules.get(base.__module__), "__file__", None) or "").endswith(".py")
    )
    for attribute in _compat.PRIVATE_ATTRIBUTES[owner]:
        assert hasattr(kind, attribute) or f"self.{attribute}" in source, attribute


@pytest.mark.parametrize("package", [spacy_umlsbert, umls, _compat])
def test_every_name_that_a_package_exports_is_there(package: object) -> None:
    for name in package.__all__:  # type: ignore[attr-defined]
        assert getattr(package, name) is not None
        assert name in dir(package)


def test_a_name_that_is_not_exported_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'KnowledgeBases'"):
        _ = spacy_umlsbert.KnowledgeBases


def test_a_missing_package_says_what_to_install() -> None:
    with (
        pytest.raises(_compat.MissingPackageError, match="pip install scispacy") as caught,
        _compat.needed_for("finding abbreviations"),
    ):
        raise ModuleNotFoundError("No module named 'scispacy.consts'", name="scispacy.consts")
    assert caught.value.name == "scispacy"
    assert str(caught.value).startswith("finding abbreviations needs the package scispacy")


def test_a_package_that_is_no_choice_keeps_its_own_error() -> None:
    with pytest.raises(ModuleNotFoundError) as caught, _compat.needed_for("adding"):
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
    assert not isinstance(caught.value, _compat.MissingPackageError)


def test_the_light_install_has_all_requirements_but_the_heavy_ones() -> None:
    root = PACKAGE.parent
    heavy = {"safetensors", "scispacy", "spacy-transformers", "tokenizers", "torch", "transformers"}
    project = (root / "pyproject.toml").read_text("utf-8").partition("dependencies = [")[2]
    required = re.findall(r'^    "(([\w-]+).*)",$', project.partition("\n]")[0], flags=re.M)
    lines = (root / "requirements-light.txt").read_text("utf-8").splitlines()
    light = [line for line in lines if not line.startswith("#")]
    assert sorted(light) == sorted(line for line, name in required if name not in heavy)
