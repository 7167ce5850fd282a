"""The package as it is installed: what goes into it, and that its papers agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def constrained() -> set[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {name_of(line) for line in lines if line and not line.startswith("#")}


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = PROJECT["project"]["optional-dependencies"]
    for requirement in [*PROJECT["project"]["dependencies"], *extras["local"], *extras["dev"]]:
        assert re.search(rf'"{re.escape(requirement)}", # \S+', text), requirement


def test_the_client_alone_needs_nothing_of_langgraph() -> None:
    assert not [name for name in PROJECT["project"]["dependencies"] if name.startswith(("langgraph", "langchain"))]


def test_constraints_pin_every_dependency_by_name_and_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line) for line in lines)
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = {name_of(each) for each in [*PROJECT["project"]["dependencies"], *extras["local"], *extras["dev"]]}
    assert wanted <= constrained()


def test_the_changelog_knows_this_version() -> None:
    from canvas_tui import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
