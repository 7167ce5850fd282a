"""Which room imports which, and what the base client must not load: checked by machine."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "canvas_tui"
IMPURE = {
    "asyncio",
    "datetime",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "time",
    "uuid",
}
"""Modules of the standard library that bring I/O, a clock or chance: none of them may come into core."""


def imported(source: str) -> set[str]:
    """Top-level names of all absolute imports in the source."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names


def loaded_by(code: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after running ``code``."""
    script = f"{code}\nimport sys\nprint(chr(10).join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    return set(done.stdout.split())


def test_the_contract_holds() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], capture_output=True, text=True, cwd=ROOT, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", sorted(PACKAGE.glob("core/**/*.py")), ids=lambda path: path.stem)
def test_core_is_pure_and_of_the_standard_library(module: Path) -> None:
    names = imported(module.read_text(encoding="utf-8")) - {"canvas_tui"}
    assert names <= sys.stdlib_module_names, "core imports the standard library only"
    assert not names & IMPURE


def test_the_client_loads_nothing_of_langgraph_or_langchain() -> None:
    commands = [f"commands.{path.stem}" for path in PACKAGE.glob("commands/*.py") if path.stem != "__init__"]
    loaded = loaded_by("\n".join(f"import canvas_tui.{room}" for room in ("cli", "net.hub", "ui.app", "journal", "local", *commands)))
    assert {"canvas_tui.commands.chat", "canvas_tui.net.hub", "textual", "httpx"} <= loaded
    assert not {name for name in loaded if name.startswith(("langgraph", "langchain", "langsmith"))}


def test_the_version_is_told_without_loading_anything_heavy() -> None:
    loaded = loaded_by("import contextlib\nfrom canvas_tui.cli import main\nwith contextlib.suppress(SystemExit): main(['--version'])")
    assert "canvas_tui.cli" in loaded
    assert not loaded & {"textual", "rich", "httpx", "pydantic", "asyncio", "sqlite3"}
