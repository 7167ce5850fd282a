"""Every quick action of Open Canvas on the screen, on the real server: from the menu, typed, and from the palette."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from canvas_tui.core.actions import ACTIONS, Action, actions_for
from canvas_tui.core.artifact import ArtifactKind
from tests.support.agent import RunningAgent

from .canvas_screen import FAST, Person, at_screen, text_of

KEYS = (
    "highlightedCode",
    "highlightedText",
    "next",
    "language",
    "artifactLength",
    "regenerateWithEmojis",
    "readingLevel",
    "addComments",
    "addLogs",
    "fixBugs",
    "portLanguage",
    "customQuickActionId",
    "webSearchEnabled",
    "webSearchResults",
)
"""What has to be null in every input, but for the one that is asked for: Open Canvas's state keeps what a failed run left."""
ESSAY, PROGRAM = "write an essay about green tea", "write a python program that greets people"
SAME = {("translate", "english"), ("fix", "")}
"""It is that already."""


async def took(me: Person, count: int, action: Action, value: str, before: dict[str, Any], again: bool = False) -> dict[str, Any]:
    """The turn is over: what was sent, what the conversation tells of it, and the version that it made."""
    version = await me.version(count)
    sent = (await me.inputs())[-1]
    assert {key: sent[key] for key in KEYS} == {**dict.fromkeys(KEYS), action.key: value or True}
    assert [each["index"] for each in sent["artifact"]["contents"]][-1] == count - 1 and "messages" not in sent
    assert version["type"] == action.kind and version["title"] == before["title"]
    assert version.get("language", "") == (value if action.name == "port" else before.get("language", ""))
    assert text_of(version) != text_of(before) or (action.name, value) in SAME or again, (action.name, value)
    assert action.turn(value).words in me.conversation(), "the conversation tells what was asked for"
    assert letters(me.canvas()) <= letters(text_of(version)) and letters(me.canvas()), "what is in view is what the server has"
    return version


def letters(text: str) -> Counter[str]:
    """However its lines are broken."""
    return Counter(letter for letter in text if letter.isalpha())


async def begun(me: Person, words: str) -> dict[str, Any]:
    await me.say(FAST + words)
    return await me.version(1)


TYPED = {
    ArtifactKind.TEXT: {"/translate french": "french", "/length shorter": "short", "/level child": "child", "/emojis": ""},
    ArtifactKind.CODE: {"/comments": "", "/logs": "", "/fix": "", "/port rust": "rust"},
}
CALLED = {
    ArtifactKind.TEXT: {"translate": "spanish", "level": "pirate", "length": "longest", "emojis": ""},
    ArtifactKind.CODE: {"port": "cpp", "comments": "", "logs": "", "fix": ""},
}
"""What is taken from the palette."""


async def from_the_menu(agent: RunningAgent, kind: ArtifactKind, words: str) -> None:
    async with at_screen(agent) as me:
        count, version = 1, await begun(me, words)
        for action in actions_for(kind):
            for value, label in action.values or (("", action.label),):
                await me.press("alt+a")
                await me.pick(label)
                count += 1
                version = await took(me, count, action, value, version)


async def typed_and_from_the_palette(agent: RunningAgent, kind: ArtifactKind, words: str) -> None:
    async with at_screen(agent) as me:
        count, version = 1, await begun(me, words)
        named = {action.name: action for action in ACTIONS}
        for typed, value in TYPED[kind].items():
            await me.say(typed)
            count += 1
            version = await took(me, count, named[typed[1:].split()[0]], value, version)
        for name, value in CALLED[kind].items():
            await me.command(named[name].turn(value).words)
            count += 1
            version = await took(me, count, named[name], value, version, again=not value)


@pytest.mark.parametrize(("kind", "words"), [(ArtifactKind.TEXT, ESSAY), (ArtifactKind.CODE, PROGRAM)], ids=["document", "code"])
async def test_every_action_with_every_value(agent: RunningAgent, kind: ArtifactKind, words: str) -> None:
    """Two people at once: the one takes each from the menu, the other types them and has them from the palette."""
    await asyncio.gather(from_the_menu(agent, kind, words), typed_and_from_the_palette(agent, kind, words))
