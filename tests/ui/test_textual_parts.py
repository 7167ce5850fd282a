"""What Textual and rich keep to themselves is touched in one module, and is as it says there: told at once when there is a new Textual."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
import textual

import canvas_tui.ui
from canvas_tui.ui import textual_parts, textual_pins
from canvas_tui.ui.painting import OwnPainting
from canvas_tui.ui.terminal_keys import teach

from .known_textual import problems

THEIRS = ("textual", "rich")
PRIVATE = re.compile(r"_[a-z][a-z0-9_]*")


def test_the_textual_that_is_installed_is_as_the_program_knows_it() -> None:
    """Whatever of it has been replaced by then."""
    OwnPainting()
    teach()
    assert not problems()


def test_another_textual_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual, "__version__", "8.3.0")
    monkeypatch.setitem(textual_pins.PARTS, "textual.app:App", "_gone _context(other) _driver")
    monkeypatch.setitem(textual_pins.PARTS, "textual.gone:Part", "_x")
    monkeypatch.setattr(textual_pins, "READ", (("textual.app:App._display", "nowhere in it"),))
    assert problems() == [
        "textual.app:App has no _gone",
        "_context of textual.app:App takes (), not (other)",
        "textual.gone:Part is gone",
        "textual.app:App._display has no more 'nowhere in it' in it",
        "this is textual 8.3.0; the program is made for 8.2: look at each part, then at pyproject.toml",
    ]


# -- nothing of theirs is touched elsewhere --------------------------------------------------------------------------------


def defined(tree: ast.AST) -> set[str]:
    """Names of functions, classes and variables, and of attributes that are set."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Attribute(ctx=ast.Store()):
                names.add(node.attr)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Constant(value=str(value)):
                names.add(value)  # slots
    return {name for name in names if PRIVATE.fullmatch(name)}


@cache
def of_theirs() -> frozenset[str]:
    """All private names that Textual and rich define."""
    places = [Path(place) for name in THEIRS for place in (find_spec(name) or pytest.fail(name)).submodule_search_locations or ()]
    files = [file for place in places for file in place.rglob("*.py")]
    return frozenset(name for file in files for name in defined(ast.parse(file.read_bytes())))


@cache
def classes_in(module: str) -> dict[str, frozenset[str]]:
    """Private names that each class defines, or sets on its objects."""
    nodes = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.ClassDef)]
    return {node.name: frozenset(defined(node)) for node in nodes}


@cache
def our_modules() -> tuple[ModuleType, ...]:
    found = [import_module(each.name) for each in pkgutil.walk_packages(canvas_tui.ui.__path__, "canvas_tui.ui.")]
    return tuple(module for module in found if module not in (textual_parts, textual_pins))


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(Path(import_module(module).__file__ or "").read_bytes())


@cache
def of_class(kind: type) -> frozenset[str]:
    """Private names that a class of theirs itself has, or sets on its objects."""
    return classes_in(kind.__module__).get(kind.__name__, frozenset()) | {name for name in vars(kind) if PRIVATE.fullmatch(name)}


def our_classes(module: ModuleType) -> Iterator[type]:
    yield from (kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__)


@cache
def of_theirs_in(kind: type) -> frozenset[str]:
    """Private names of Textual's that an object of this class has, or one of a class of ours that it is mixed into."""
    ours = [each for module in our_modules() for each in our_classes(module) if issubclass(each, kind)]
    bases = {base for each in ours for base in each.__mro__ if base.__module__.partition(".")[0] in THEIRS}
    return frozenset(name for base in bases for name in of_class(base))


@cache
def theirs_alone() -> frozenset[str]:
    """What nothing of ours is named like."""
    return of_theirs() - {name for module in our_modules() for name in defined(tree_of(module.__name__))}


def may_use(kind: type) -> set[str]:
    """Overrides of its own, and those of the classes that it is made of or mixed into."""
    found = set()
    for place in textual_pins.OVERRIDES:
        module, _, names = place.partition(":")
        owner, _, name = names.partition(".")
        other = getattr(import_module(module), owner)
        if issubclass(kind, other) or issubclass(other, kind):
            found.add(name)
    return found


@pytest.mark.parametrize("module", our_modules(), ids=lambda module: module.__name__.removeprefix("canvas_tui.ui."))
def test_no_private_part_of_theirs_is_touched(module: ModuleType) -> None:
    tree = tree_of(module.__name__)
    classes = {kind.__name__: kind for kind in our_classes(module)}
    wrong = [*private_imports(tree), *strings(tree)]
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in classes:
            kind = classes[node.name]
            theirs = of_theirs_in(kind) - may_use(kind)
            for each in ast.walk(node):
                if isinstance(each, ast.Attribute) and is_self(each.value):
                    inside.add(each)
                    if each.attr in theirs:
                        wrong.append(f"{each.lineno}: {each.attr} of {node.name}")
            wrong += [f"{node.lineno}: {name} is Textual's, and {node.name}'s" for name in classes_in(module.__name__)[node.name] & theirs]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in inside and node.attr in theirs_alone():
            wrong.append(f"{node.lineno}: {node.attr}")
    assert not wrong, f"put it into textual_parts.py: {wrong}"


def is_self(node: ast.AST) -> bool:
    named = isinstance(node, ast.Name) and node.id in ("self", "cls", "above")
    return named or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super")


def private_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if names and names[0].partition(".")[0] in THEIRS and any(part.startswith("_") for name in names for part in name.split(".")):
            yield f"import of {' '.join(names)}"


def strings(tree: ast.AST) -> Iterator[str]:
    """Names given to getattr, setattr and their like."""
    for node in ast.walk(tree):
        words = [node.value] if isinstance(node, ast.Constant) else [node.arg] if isinstance(node, ast.keyword) else []
        yield from (f"{word!r}" for word in words if isinstance(word, str) and word in theirs_alone())


def test_what_the_test_looks_for_is_found() -> None:
    tree = ast.parse(
        "from textual._x import y\nimport rich.cells\nfrom textual.app import App\ngetattr(driver, '_writer_thread')\nf(_file=1)"
    )
    assert [*private_imports(tree)] == ["import of textual._x y"]
    assert [*strings(tree)] == ["'_writer_thread'"]  # `_file` is a name of ours too
    from canvas_tui.ui.widgets.composer import Composer

    assert {"_bindings", "_replace_via_keyboard", "_on_key", "_running"} <= of_theirs_in(Composer)
    assert may_use(Composer) == {"_on_key", "_on_paste"}
