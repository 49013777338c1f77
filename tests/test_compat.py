"""Private and version-bound names of other packages are in `_compat` alone, and lazy exports."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

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


def is_own(node: ast.expr) -> bool:
    """Whether it stands for the object or class that a method belongs to."""
    return ast.unparse(node) in ("self", "cls", "super()")


def defined_in(tree: ast.AST) -> set[str]:
    """Names that a module gives to functions, variables and attributes of its own."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found |= {node.attr} if is_own(node.value) else set()
    return found


def private_attributes(tree: ast.AST) -> list[ast.Attribute]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and is_private(n.attr)]


def test_private_attributes_of_others_are_used_in_compat_alone() -> None:
    """Of objects that are not ours; what a class inherits is in the tests below."""
    offences = [
        (path, node.lineno, ast.unparse(node))
        for path, tree in TREES.items()
        for node in private_attributes(tree)
        if not is_own(node.value) and node.attr not in DOCUMENTED | defined_in(tree)
    ]
    assert not offences


def test_a_private_attribute_that_nothing_defines_is_listed_in_compat() -> None:
    known = {*DOCUMENTED, *chain(*map(defined_in, TREES.values()))}
    known.update(*_compat.PRIVATE_ATTRIBUTES.values())
    used = {node.attr for tree in TREES.values() for node in private_attributes(tree)}
    assert used <= known


PACKAGES = ("spacy", "spacy_transformers", "thinc", "torch", "transformers")
BY_PYTHON = frozenset({"_abc_impl", "_backward_cls"})
"""Private names that Python and torch give to every class themselves."""


@cache
def private_names(cls: type) -> set[str]:
    """Private names that a class has, or uses of itself."""
    source = ""
    with suppress(OSError, TypeError):  # of a compiled class there is no source
        source = inspect.getsource(cls)
    used = re.findall(r"\b(?:self|cls|super\(\))\.(_[a-z]\w*)", source)
    return {*filter(is_private, vars(cls)), *used} - BY_PYTHON


def classes() -> Iterator[type]:
    """All classes of this package."""
    for path in TREES:
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        module = import_module(f"spacy_umlsbert.{name}".removesuffix(".__init__"))
        for value in vars(module).values():
            if inspect.isclass(value) and value.__module__ == module.__name__:
                yield value


def test_private_attributes_that_classes_inherit_are_listed_in_compat() -> None:
    """All that a class uses or overrides, and nothing that none does."""
    owners = dict(map(listed, _compat.PRIVATE_ATTRIBUTES))
    named: dict[type, set[str]] = {kind: set() for kind in owners}
    for cls in classes():
        bases = [base for base in cls.__mro__ if base.__module__.partition(".")[0] in PACKAGES]
        inherited = private_names(cls).intersection(chain(*map(private_names, bases)))
        kinds = [kind for kind in owners if issubclass(cls, kind)]
        assert inherited <= set(chain(*(owners[kind] for kind in kinds))), cls
        for kind in kinds:
            named[kind] |= inherited & owners[kind]
    tree = ast.parse((PACKAGE / "_compat.py").read_text("utf-8"))
    in_compat = {node.attr for node in private_attributes(tree)}
    for kind, names in owners.items():
        assert names - in_compat == named[kind] - in_compat, kind
    assert in_compat <= set(chain(*owners.values()))


def listed(owner: str) -> tuple[type, set[str]]:
    """A class of `PRIVATE_ATTRIBUTES`, and what is listed of it."""
    module, _, name = owner.partition(":")
    return getattr(import_module(module), name), set(_compat.PRIVATE_ATTRIBUTES[owner])


@pytest.mark.parametrize("owner", _compat.PRIVATE_ATTRIBUTES)
def test_private_attributes_are_those_of_the_installed_releases(owner: str) -> None:
    kind, attributes = listed(owner)
    source = "".join(
        Path(sys.modules[base.__module__].__file__ or "").read_text("utf-8")
        for base in kind.__mro__
        if (getattr(sys.modules.get(base.__module__), "__file__", None) or "").endswith(".py")
    )
    for attribute in attributes:
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
