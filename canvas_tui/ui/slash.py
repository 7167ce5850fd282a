"""Commands that are typed into the composer: what they mean, what is offered while typing, how they are completed."""

from __future__ import annotations

from collections.abc import Iterator

from canvas_tui.core.actions import ACTIONS, actions_for
from canvas_tui.core.artifact import ArtifactKind

OWN = (
    ("attach", "PATH: attach a text file or PDF to the message"),
    ("search", "WORDS: search the web, then answer"),
)
"""Commands that are no action on an artifact: (name, what follows and what it does)."""
NO_COMMAND = "No such command. A message that begins with a slash: //"
_MOST = 5  # offers in one line


def command_of(text: str) -> str | None:
    """The command in a message that begins with one slash, without it; None where the message is plain."""
    return text[1:].strip() if text.startswith("/") and not text.startswith("//") else None


def plain(text: str) -> str:
    """A message that begins with two slashes begins with one."""
    return text[1:] if text.startswith("//") else text


def _begun(typed: str, kind: ArtifactKind | None) -> Iterator[tuple[str, str]]:
    """(whole command, what it does) of those that begin so."""
    name, space, value = typed.partition(" ")
    actions = ACTIONS if kind is None else actions_for(kind)
    for action in actions:
        if space and action.name == name:
            for sent, words in action.values:
                if sent.startswith(value.strip().casefold()):
                    yield f"/{name} {sent}", words
        elif not space and action.name.startswith(name):
            yield f"/{action.name}", action.label.lower()
    for own, what in OWN:
        if own.startswith(name) and (not space or own == name):
            yield f"/{own}", what


def hint(text: str, kind: ArtifactKind | None) -> str:
    """One line about the command that is being typed; empty where none is."""
    if command_of(text) is None or "\n" in text:
        return ""
    offers = list(_begun(text[1:].casefold(), kind))
    if not offers:
        name = text[1:].casefold().partition(" ")[0]
        known = next((action for action in (ACTIONS if kind is None else actions_for(kind)) if action.name == name), None)
        if known is None:
            return NO_COMMAND
        return f"/{name} takes {', '.join(sent for sent, _ in known.values)}" if known.values else f"/{name} takes nothing more"
    if len(offers) == 1 and (action := next((one for one in ACTIONS if f"/{one.name}" == offers[0][0] and one.values), None)):
        return f"/{action.name} {', '.join(sent for sent, _ in action.values)}"
    shown = [f"{command} ({what})" if len(offers) <= 2 else command.removeprefix("/") for command, what in offers[:_MOST]]
    more = f" and {len(offers) - _MOST} more" if len(offers) > _MOST else ""
    return f"{', '.join(shown)}{more}"


def complete(text: str, kind: ArtifactKind | None) -> str:
    """The text with the command completed as far as it is clear; empty where there is nothing to complete."""
    if command_of(text) is None or "\n" in text:
        return ""
    offers = [command for command, _ in _begun(text[1:].casefold(), kind)]
    if not offers:
        return ""
    common = offers[0]
    for other in offers[1:]:
        while not other.startswith(common):
            common = common[:-1]
    values = {f"/{action.name}" for action in ACTIONS if action.values} | {f"/{name}" for name, _ in OWN}
    if len(offers) == 1 and common in values:
        common += " "
    return common if len(common) > len(text) else ""
