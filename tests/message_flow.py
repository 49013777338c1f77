"""Finds what messages of the package are made of, by reading its code.

A message is what an error is made with, what is warned of, logged, shown or told beside a progress
bar, and what is passed on to a parameter that ends in one. It may be made of fixed words, numbers,
paths, members of enums, constants, and of what is marked with `safe(...)`; of names that are given
such values; and of calls that give them. Of everything else it must be supposed that it can be text
of a document.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BUILTINS = {"str", "repr", "int", "float", "len"}
SAFE_TYPES = {"int", "float", "bool", "Path", "type", "None"}
CONTAINERS = {
    "list", "tuple", "set", "dict", "frozenset", "Sequence", "Iterable", "Iterator", "Collection",
    "Mapping", "Counter", "Optional", "Annotated", "Final", "ClassVar",
}  # fmt: skip
"""Types that are safe if what is in them is."""

SAFE_CALLS = {"len", "sum", "int", "float", "round", "type", "safe", "kind_and_place", "version",
              "id", "bool", "count"}  # fmt: skip
"""Give numbers and names of types whatever they are called with."""
TRANSPARENT_CALLS = {
    "str", "repr", "sorted", "list", "tuple", "set", "dict", "Path", "map", "zip", "enumerate",
    "min", "max", "filter", "reversed", "next", "iter", "abs", "islice", "partial",
}  # fmt: skip
"""Give what they are called with."""
STRING_METHODS = {"join", "replace", "strip", "lower", "upper", "format", "split", "get", "items"}
SAFE_ATTRIBUTES = {"__name__", "strerror", "errno", "lineno", "colno"}
"""Say nothing of a text, whatever they belong to."""

SETTINGS = {"config", "settings", "defaults"}
"""What these hold was written in a config."""
NAMES_OF = {
    "name": {"self", "meta"},
    "labels": {"self"},
    "component": {"self"},
    "problem": {"error"},
}
"""Names of components and of knowledge bases; labels that a component was given."""

ERRORS = {
    "Exception", "ValueError", "TypeError", "KeyError", "RuntimeError", "LookupError", "OSError",
    "NotImplementedError", "AssertionError", "Warning", "UserWarning", "FutureWarning",
    "without_text",
}  # fmt: skip
"""What these are made with is a message, and so for those that the package makes of them."""
SAFE_ERRORS = {
    "SafeError",
    "InputError",
    "UnexpectedError",
    "TerminologyError",
    "UsageError",
    "UnknownConceptError",
    "TemplateError",
    "ReleaseError",
    "MisalignedMentionError",
}
"""Errors whose messages are checked where they are made."""

LOGGERS = {"logger", "logging", "log", "LOGGER", "_logger"}
LOG_METHODS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log"}
SHOWN = {"fail", "good", "info", "warn", "text", "divider", "loading"}
"""Methods of wasabi's printer. Its tables are left out: commands show results in them."""
BARS = {"set_description", "set_description_str", "set_postfix", "set_postfix_str"}
TYPED_TEXTS = {"text", "premise", "hypothesis", "words"}
"""What is typed to a command and is no setting."""
MESSAGE_PARAMETERS = {
    "problem",
    "remedy",
    "message",
    "what",
    "doing",
    "otherwise",
    "component",
    "desc",
}
"""What is passed to such a parameter is checked where it is passed, if it ends in a message."""


@dataclass
class Function:
    """A function of the package."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    module: "Module"
    owner: ast.ClassDef | None
    outer: "Function | None"
    values: dict[str, list[ast.expr | None]] = field(default_factory=lambda: defaultdict(list))
    """What names are given, by name; None for what is not known."""

    @property
    def name(self) -> str:
        """How it is called: a class for its constructor."""
        if self.owner is not None and self.node.name in ("__init__", "__call__"):
            return self.owner.name if self.node.name == "__init__" else "__call__"
        return self.node.name

    @property
    def parameters(self) -> list[ast.arg]:
        """All but self."""
        of = self.node.args
        found = [*of.posonlyargs, *of.args, *of.kwonlyargs]
        static = any(ast.unparse(one) == "staticmethod" for one in self.node.decorator_list)
        return found[1:] if self.owner is not None and not static else found

    def is_setting(self, parameter: str) -> bool:
        """Whether a parameter is what stands in a config, or is typed as an option of a command."""
        by = [ast.unparse(one) for one in self.node.decorator_list]
        return parameter not in TYPED_TEXTS and any(
            one.startswith(("Language.factory", "app.command")) or one == "registered" for one in by
        )

    @property
    def required(self) -> int:
        """Number of positional parameters that a call must give."""
        of = self.node.args
        positional = len(of.posonlyargs) + len(of.args) - (self.owner is not None)
        return positional - len(of.defaults)


@dataclass
class Module:
    """A file."""

    path: Path
    tree: ast.Module
    values: dict[str, list[ast.expr | None]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Unsafe:
    """A part of a message that may be text."""

    path: Path
    line: int
    part: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.part}"


UNKNOWN = ast.Name("?")
"""A value that the code does not show; one object, so that what two passes find is the same."""


class Code:
    """The code of some files, and what its messages are made of."""

    def __init__(self, paths: dict[Path, str]) -> None:
        self.modules = [Module(path, ast.parse(text)) for path, text in paths.items()]
        self.functions: list[Function] = []
        self.by_name: dict[str, list[Function]] = defaultdict(list)
        self.classes: dict[str, ast.ClassDef] = {}
        self.fields: dict[str, list[ast.expr | None]] = defaultdict(list)
        """Annotations of attributes, by name, of all classes."""
        self.assigned: dict[str, list[tuple[ast.expr, Function, Module]]] = defaultdict(list)
        """What attributes of self are given, by name."""
        for module in self.modules:
            self._collect(module, module.tree, None, None)
        self.errors = self._subclasses(ERRORS)
        self.enums = self._subclasses({"Enum", "IntEnum", "StrEnum"}) - {"Enum"}
        self.sinks: set[tuple[str, str]] = set()
        """Parameters that end in a message: name of the function, of the parameter."""
        self._visiting: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, int], list[ast.AST]] = {}
        self._done: set[tuple[int, int]] = set()
        self._changed = False
        self._calls: list[tuple[Function | None, ast.Call, Module]] = []
        self._all: list[tuple[Function | None, ast.AST, Module]] = []
        self._given: dict[str, list[tuple[ast.expr, Function | None, Module]]] = {}
        for module in self.modules:
            self._all += [(of, node, module) for of, node in _nodes(self, module)]
        self._calls = [one for one in self._all if isinstance(one[1], ast.Call)]
        self._calls_of: dict[str, list[tuple[Function | None, ast.Call, Module]]]
        self._calls_of = defaultdict(list)
        for call in self._calls:
            self._calls_of[ast.unparse(call[1].func).split(".")[-1]].append(call)
        self._fields_of = {
            name: [ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)]
            for name, node in self.classes.items()
        }
        self._owner = {id(p): one for one in self.functions for p in one.parameters}

    # What there is

    def _collect(
        self, module: Module, node: ast.AST, owner: ast.ClassDef | None, outer: Function | None
    ) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                function = Function(child, module, owner, outer)
                self.functions.append(function)
                self.by_name[function.name].append(function)
                if any(ast.unparse(one) == "property" for one in child.decorator_list):
                    self.fields[child.name].append(child.returns)
                self._collect(module, child, None, function)
            elif isinstance(child, ast.ClassDef):
                self.classes[child.name] = child
                self._collect(module, child, child, outer)
            else:
                self._assignments(child, module, owner, outer)
                self._collect(module, child, owner, outer)

    def _assignments(
        self, node: ast.AST, module: Module, owner: ast.ClassDef | None, outer: Function | None
    ) -> None:
        values = outer.values if outer is not None else module.values
        if isinstance(node, ast.Assign | ast.NamedExpr | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(node, ast.AnnAssign) and owner is not None and outer is None:
                    self.fields[ast.unparse(target)].append(node.annotation)
                if isinstance(node, ast.AnnAssign) and self.is_safe_type(node.annotation):
                    values[ast.unparse(target)].append(ast.Constant(0))
                elif isinstance(target, ast.Attribute) and outer is not None:
                    if node.value is not None:
                        self.assigned[target.attr].append((node.value, outer, module))
                else:
                    self._bind(target, node.value, values)
        elif isinstance(node, ast.For | ast.comprehension):
            self._bind(node.target, node.iter, values)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind(node.optional_vars, None, values)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            own = all(ast.unparse(kind) in SAFE_ERRORS for kind in kinds if kind is not None)
            values[node.name].append(ast.Constant(0) if own and node.type is not None else None)
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            values[node.name].append(None)

    def _bind(
        self, target: ast.expr, value: ast.expr | None, values: dict[str, list[ast.expr | None]]
    ) -> None:
        if isinstance(target, ast.Name):
            values[target.id].append(value)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, values)
        elif isinstance(target, ast.Tuple | ast.List):
            of = value
            if (
                isinstance(of, ast.Call)
                and isinstance(of.func, ast.Name)
                and of.func.id in ("zip", "enumerate")
                and not any(isinstance(one, ast.Starred) for one in of.args)
            ):
                parts = [ast.Constant(0), of.args[0]] if of.func.id == "enumerate" else of.args
            elif isinstance(of, ast.Tuple | ast.List) and not any(
                isinstance(one, ast.Starred) for one in of.elts
            ):
                inner = [one for one in of.elts if isinstance(one, ast.Tuple)]
                width = len(target.elts)
                if len(inner) == len(of.elts) and all(len(one.elts) == width for one in inner):
                    for place, one in enumerate(target.elts):  # for a, b in ((1, 2), (3, 4))
                        for row in inner:
                            self._bind(one, row.elts[place], values)
                    return
                parts = of.elts
            else:
                parts = [value] * len(target.elts)
            if len(parts) != len(target.elts):
                parts = [value] * len(target.elts)
            for one, part in zip(target.elts, parts, strict=True):
                self._bind(one, part, values)

    def _subclasses(self, roots: set[str]) -> set[str]:
        found = set(roots)
        while True:
            more = {
                name
                for name, node in self.classes.items()
                if found & {ast.unparse(base).split(".")[-1] for base in node.bases}
            }
            if more <= found:
                return found
            found |= more

    def is_safe_type(self, annotation: ast.expr | None) -> bool:  # noqa: PLR0911
        """Whether values of a type cannot be text: numbers, paths, members of enums."""
        if annotation is None:
            return False
        if isinstance(annotation, ast.Constant):
            if isinstance(annotation.value, str):
                return self.is_safe_type(ast.parse(annotation.value, mode="eval").body)
            return annotation.value is None
        if isinstance(annotation, ast.BinOp):
            sides = [annotation.left, annotation.right]
            names = {ast.unparse(one) for one in ast.walk(annotation) if isinstance(one, ast.Name)}
            # `str | Path` is a path.
            return all(map(self.is_safe_type, sides)) or (
                names <= {"str", "Path"} and "Path" in names
            )
        if isinstance(annotation, ast.Subscript):
            name = ast.unparse(annotation.value).split(".")[-1]
            if name in ("Literal", "type"):
                return True
            inner = annotation.slice
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name == "Annotated":
                parts = parts[:1]
            parts = [p for p in parts if not (isinstance(p, ast.Constant) and p.value is ...)]
            return name in CONTAINERS and all(map(self.is_safe_type, parts))
        name = ast.unparse(annotation).split(".")[-1]
        return name in SAFE_TYPES or name in getattr(self, "enums", set())

    # What is safe

    def unsafe(
        self, node: ast.expr | None, function: Function | None, module: Module
    ) -> list[ast.AST]:
        """The parts of an expression that may be text."""
        if node is None:
            return [UNKNOWN]
        key = (id(node), id(function))
        if key in self._visiting or key in self._done:
            return self._known.get(key, [])  # on the way, as in a loop: what the last pass found
        self._visiting.add(key)
        # What a pass has found stays found, so that the passes come to an end.
        known = {id(part): part for part in self._known.get(key, [])}
        found = known | {id(part): part for part in self._unsafe(node, function, module)}
        self._visiting.discard(key)
        self._done.add(key)
        if len(found) > len(known):
            self._known[key] = list(found.values())
            self._changed = True
        return list(found.values())

    def _unsafe(  # noqa: PLR0912
        self, node: ast.expr, function: Function | None, module: Module
    ) -> Iterator[ast.AST]:
        def parts(*nodes: ast.expr | None) -> Iterator[ast.AST]:
            for one in nodes:
                if one is not None:
                    yield from self.unsafe(one, function, module)

        match node:
            case ast.Constant() | ast.Compare() | ast.Lambda():
                return
            case ast.UnaryOp():
                if not isinstance(node.op, ast.Not):
                    yield from parts(node.operand)
            case ast.JoinedStr():
                yield from parts(*node.values)
            case ast.FormattedValue():
                yield from parts(node.value, node.format_spec)
            case ast.BinOp():
                yield from parts(node.left, node.right)
            case ast.IfExp():
                yield from parts(node.body, node.orelse)
            case ast.BoolOp():
                yield from parts(*node.values)
            case ast.List() | ast.Tuple() | ast.Set():
                yield from parts(*node.elts)
            case ast.Dict():
                yield from parts(*node.keys, *node.values)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                yield from parts(node.elt)
            case ast.DictComp():
                yield from parts(node.key, node.value)
            case ast.Starred() | ast.NamedExpr():
                yield from parts(node.value)
            case ast.Subscript():
                yield from parts(node.value)
            case ast.Name():
                yield from self._unsafe_name(node, function, module)
            case ast.Attribute():
                yield from self._unsafe_attribute(node, function, module)
            case ast.Call():
                yield from self._unsafe_call(node, function, module)
            case _:
                yield node

    def _unsafe_name(  # noqa: PLR0912
        self, node: ast.Name, function: Function | None, module: Module
    ) -> Iterator[ast.AST]:
        scope = function
        while scope is not None:
            if node.id in scope.values:
                for value in scope.values[node.id]:
                    found = [node] if value is None else self.unsafe(value, scope, scope.module)
                    if not all(isinstance(one, ast.arg) for one in found):
                        found = [node]
                    if found:
                        yield from found
                        if found == [node]:
                            return
                if not any(one.arg == node.id for one in scope.parameters):
                    return
            for parameter in scope.parameters:
                if parameter.arg == node.id:
                    if not self.is_safe_type(parameter.annotation) and not scope.is_setting(
                        node.id
                    ):
                        yield parameter
                    return
            scope = scope.outer
        if (
            node.id in BUILTINS
            or node.id.strip("_").isupper()
            or node.id in self.classes
            or node.id in self.by_name
        ):
            return
        if node.id in module.values:
            for value in module.values[node.id]:
                yield from self.unsafe(value, None, module)
            return
        yield node

    def _unsafe_attribute(
        self, node: ast.Attribute, function: Function | None, module: Module
    ) -> Iterator[ast.AST]:
        if node.attr.isupper() or node.attr in SAFE_ATTRIBUTES:
            return
        if isinstance(node.value, ast.Name) and node.value.id in self.enums:
            return
        root = ast.unparse(node.value).split(".")[0].strip("_")
        if root in SETTINGS or ast.unparse(node.value).split(".")[-1].strip("_") in SETTINGS:
            return
        if (
            node.attr in NAMES_OF
            and ast.unparse(node.value).split(".")[-1].strip("_") in NAMES_OF[node.attr]
        ):
            return
        declared = self.fields.get(node.attr, [])
        if declared and all(map(self.is_safe_type, declared)):
            return
        own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        given = list(self._constructed(node.attr))
        if own and function is not None:
            given += [one for one in self.assigned[node.attr] if one[1].owner is function.owner]
        found = [part for value, of, where in given for part in self.unsafe(value, of, where)]
        if given and own and all(isinstance(one, ast.arg) for one in found):
            yield from found
        elif (given and found) or own or self.unsafe(node.value, function, module):
            yield node

    def _constructed(self, attribute: str) -> Iterator[tuple[ast.expr, Function | None, Module]]:
        """What a field of that name is given where the package makes objects that have one."""
        if attribute not in self._given:
            self._given[attribute] = []
            for name, order in self._fields_of.items():
                if attribute not in order:
                    continue
                for function, node, module in self._calls_of[name]:
                    values = dict(zip(order, node.args, strict=False))
                    values |= {k.arg: k.value for k in node.keywords if k.arg}
                    if attribute in values:
                        self._given[attribute].append((values[attribute], function, module))
        yield from self._given[attribute]

    def _unsafe_call(
        self, node: ast.Call, function: Function | None, module: Module
    ) -> Iterator[ast.AST]:
        called = ast.unparse(node.func)
        name = called.split(".")[-1]
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in SAFE_CALLS:
            return
        if name in TRANSPARENT_CALLS or name in self.classes or name in self.errors:
            for one in arguments:
                yield from self.unsafe(one, function, module)
            return
        own = [] if name in STRING_METHODS else self.by_name.get(name, [])
        if own and all(self._gives_no_text(one) for one in own):
            return
        if isinstance(node.func, ast.Attribute) and not own:
            # A method of what is safe, as path.relative_to(folder) or ", ".join(names).
            for one in (node.func.value, *arguments):
                yield from self.unsafe(one, function, module)
            return
        yield node

    def _gives_no_text(self, function: Function) -> bool:
        if self.is_safe_type(function.node.returns):
            return True
        given = [one.value for one in _own_nodes(function.node) if isinstance(one, ast.Return)]
        return bool(given) and all(
            value is not None and not self.unsafe(value, function, function.module)
            for value in given
        )

    # Messages

    def unsafe_messages(self) -> list[Unsafe]:
        """All parts of messages that may be text, when it is known which parameters end in one."""
        found: list[Unsafe] = []
        self._changed = True
        while self._changed:  # until a pass finds no more
            self._changed, before = False, len(self.sinks)
            self._done.clear()
            found = list(self._check())
            self._changed = self._changed or len(self.sinks) > before
        called = {name for name, _, _ in self._calls_of_sinks()}
        for name, parameter in sorted(self.sinks):
            if name not in called:
                of = self.by_name[name][0]
                found.append(Unsafe(of.module.path, of.node.lineno, f"{name}({parameter})"))
        return sorted(set(found), key=str)

    def _check(self) -> Iterator[Unsafe]:
        for function, node, module in self._all:
            for message in self._messages(node):
                for part in self.unsafe(message, function, module):
                    if isinstance(part, ast.arg) and part.arg in MESSAGE_PARAMETERS:
                        self.sinks.add((self._owner[id(part)].name, part.arg))
                        continue
                    line = getattr(part, "lineno", message.lineno)
                    yield Unsafe(module.path, line, _unparsed(part))
        for _, node, (message, function, module) in self._calls_of_sinks():
            for part in self.unsafe(message, function, module):
                if isinstance(part, ast.arg) and part.arg in MESSAGE_PARAMETERS:
                    self.sinks.add((self._owner[id(part)].name, part.arg))
                    continue
                yield Unsafe(module.path, getattr(part, "lineno", node.lineno), _unparsed(part))

    def _calls_of_sinks(
        self,
    ) -> Iterator[tuple[str, ast.Call, tuple[ast.expr, Function | None, Module]]]:
        wanted = defaultdict(set)
        for name, parameter in self.sinks:
            wanted[name].add(parameter)
        for function, node, module in self._calls:
            name = ast.unparse(node.func).split(".")[-1].split("(")[0]
            names = [name]
            if name == "__init__" and function is not None and function.owner is not None:
                # super().__init__(…)
                names = [ast.unparse(base).split(".")[-1] for base in function.owner.bases]
            for one in names:
                for target in self.by_name.get(one, ()) if one in wanted else ():
                    if len(node.args) + len(node.keywords) < target.required:
                        continue
                    if not _can_be(node, target, module):
                        continue
                    for parameter, value in _arguments(node, target):
                        if parameter in wanted[one]:
                            yield one, node, (value, function, module)

    def _messages(self, node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Assert) and node.msg is not None:
            yield node.msg
        if not isinstance(node, ast.Call):
            return
        called = ast.unparse(node.func)
        name = called.split(".")[-1]
        of = called.split(".")[-2] if "." in called else ""
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if name in self.errors:
            yield from (a for a in node.args if not isinstance(a, ast.Starred))
            yield from keywords.values()
        elif called in ("warnings.warn", "warn"):
            yield from node.args[:1]
        elif of in LOGGERS and name in LOG_METHODS:
            yield from node.args[name == "log" :]
        elif (
            (of == "msg" and name in SHOWN)
            or called in ("print", "typer.echo", "typer.secho")
            or called.endswith(("stdout.write", "stderr.write", "tqdm.write"))
        ):
            yield from node.args
        elif name in BARS:
            yield from node.args
            yield from keywords.values()
        else:
            yield from (value for key, value in keywords.items() if key in MESSAGE_PARAMETERS)


def _nodes(code: Code, module: Module) -> Iterator[tuple[Function | None, ast.AST]]:
    """All nodes of a module, each with the innermost function that it is in."""
    of = {id(one.node): one for one in code.functions if one.module is module}

    def walk(node: ast.AST, function: Function | None) -> Iterator[tuple[Function | None, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            inner = of.get(id(child), function)
            yield function, child
            yield from walk(child, inner)

    return walk(module.tree, None)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)


def _can_be(call: ast.Call, target: Function, module: Module) -> bool:
    """Whether a call can be one of a function, going by where both are."""
    if target.name.startswith("_") and target.module is not module:
        return False
    if isinstance(call.func, ast.Attribute):
        return target.owner is not None or target.outer is not None
    imported = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    is_method = target.owner is not None and target.node.name != "__init__"
    return not is_method and (target.module is module or target.name in imported)


def _arguments(call: ast.Call, function: Function) -> Iterator[tuple[str, ast.expr]]:
    for parameter, value in zip(function.parameters, call.args, strict=False):
        if isinstance(value, ast.Starred):
            return
        yield parameter.arg, value
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)


def _unparsed(node: ast.AST) -> str:
    return node.arg if isinstance(node, ast.arg) else ast.unparse(node)
