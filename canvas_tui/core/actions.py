"""The quick actions of Open Canvas in one table: how they are called here, for what, and what is sent of them."""

from __future__ import annotations

from collections.abc import Mapping

from .artifact import ArtifactKind, CustomAction, Turn
from .frozen import frozen

TEXT, CODE = ArtifactKind.TEXT, ArtifactKind.CODE
WHAT = {TEXT: "a document", CODE: "code"}


@frozen
class Action:
    """``values`` are (as it is sent, in words); without any it is a switch. ``told`` takes the value's words."""

    name: str  # as it is typed: "translate"
    label: str  # for a menu: "Translate"
    kind: ArtifactKind  # of the artifact that it is for
    key: str  # of the graph's state
    told: str  # the turn in words: "Translate to {}"
    values: tuple[tuple[str, str], ...] = ()

    def turn(self, value: str = "") -> Turn:
        """``value`` is one of ``values``, as it is sent."""
        return Turn(((self.key, value if self.values else True),), self.told.format(dict(self.values).get(value, value)))


ACTIONS = (
    Action(
        "translate",
        "Translate",
        TEXT,
        "language",
        "Translate to {}",
        (("english", "English"), ("mandarin", "Mandarin"), ("hindi", "Hindi"), ("spanish", "Spanish"), ("french", "French")),
    ),
    Action(
        "level",
        "Reading level",
        TEXT,
        "readingLevel",
        "Rewrite for {}",
        (("phd", "a PhD"), ("college", "college"), ("teenager", "a teenager"), ("child", "a child"), ("pirate", "a pirate")),
    ),
    Action(
        "length",
        "Length",
        TEXT,
        "artifactLength",
        "Make it {}",
        (("shortest", "as short as it can be"), ("short", "shorter"), ("long", "longer"), ("longest", "much longer")),
    ),
    Action("emojis", "Add emojis", TEXT, "regenerateWithEmojis", "Add emojis"),
    Action("comments", "Add comments", CODE, "addComments", "Add comments"),
    Action("logs", "Add logs", CODE, "addLogs", "Add logs"),
    Action("fix", "Fix bugs", CODE, "fixBugs", "Fix bugs"),
    Action(
        "port",
        "Port to another language",
        CODE,
        "portLanguage",
        "Port to {}",
        (
            ("typescript", "TypeScript"),
            ("javascript", "JavaScript"),
            ("cpp", "C++"),
            ("java", "Java"),
            ("php", "PHP"),
            ("python", "Python"),
            ("rust", "Rust"),  # not in Open Canvas's own menu; the model is told the name
            ("html", "HTML"),
            ("sql", "SQL"),
        ),
    ),
)

SEARCH = Turn((("webSearchEnabled", True),), "Search the web")
"""Beside a message: the web is searched for it first."""

_ALSO: Mapping[str, str] = {
    "shorter": "short",
    "longer": "long",
    "chinese": "mandarin",
    "c++": "cpp",
    "js": "javascript",
    "ts": "typescript",
    "py": "python",
}
"""Other names of values."""


def actions_for(kind: ArtifactKind) -> tuple[Action, ...]:
    return tuple(action for action in ACTIONS if action.kind is kind)


def custom(action: CustomAction) -> Turn:
    return Turn((("customQuickActionId", action.id),), action.title)


def parse(typed: str, kind: ArtifactKind | None = None) -> Turn | str:
    """ "translate=french", "translate french" or "/translate french"; where it is wrong, a sentence that says so and what there is.

    Args:
        kind: of the artifact that it is meant for, where that is known.
    """
    name, _, value = typed.strip().removeprefix("/").replace("=", " ", 1).partition(" ")
    name, value = name.casefold(), value.strip().casefold()
    action = next((action for action in ACTIONS if action.name == name), None)
    if action is None:
        offered = ACTIONS if kind is None else actions_for(kind)
        return f"There is no action {name or '(none)'}. There are: {', '.join(action.name for action in offered)}."
    if kind is not None and action.kind is not kind:
        others = ", ".join(other.name for other in actions_for(kind))
        return f"{action.name} is for {WHAT[action.kind]}, and this is {WHAT[kind]}. There are: {others}."
    if not action.values:
        return f"{action.name} takes no value." if value else action.turn()
    found = _value(action, value)
    if found is None:
        wrong = f"does not know {value}" if value else "needs a value"
        return f"{action.name} {wrong}. It takes: {', '.join(value for value, _ in action.values)}."
    return action.turn(found)


def _value(action: Action, typed: str) -> str | None:
    """A value by its name, by another one, or by the beginning of one alone."""
    names = [value for value, _ in action.values]
    typed = _ALSO.get(typed, typed)
    if typed in names:
        return typed
    begun = [name for name in names if typed and name.startswith(typed)]
    return begun[0] if len(begun) == 1 else None
