"""Every action with its default keys, in one table: bindings, footer, help screen and README are made from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from canvas_tui.core.frozen import frozen
from canvas_tui.core.notices import Act


class Where(StrEnum):
    """Which widget's bindings hold the key."""

    APP = "app"
    SCREEN = "screen"
    COMPOSER = "composer"


@frozen
class Key:
    """``action`` is the name in the configuration, ``do`` the method ``action_…`` that carries it out."""

    action: str
    keys: str
    do: str
    label: str
    group: str
    short: str = ""  # in the footer
    where: Where = Where.SCREEN
    palette: bool = True  # offered in the command palette


TALK, READ, CANVAS, THREADS, RUN, PROGRAM = "Writing", "Reading", "Canvas", "Threads", "Run", "Program"

KEYS: tuple[Key, ...] = (
    Key("composer.send", "enter", "send", "Send (nothing typed: try again, or continue)", TALK, "send", Where.COMPOSER, False),
    Key(
        "composer.newline",
        "shift+enter,alt+enter,ctrl+j",
        "newline",
        "New line; backslash Enter too",
        TALK,
        "",
        Where.COMPOSER,
        False,
    ),
    Key("composer.editor", "ctrl+g", "editor", "Write in $VISUAL or $EDITOR", TALK, "editor", Where.COMPOSER),
    Key(
        "composer.previous",
        "up",
        "earlier",
        "Earlier prompt; a message that waits comes first",
        TALK,
        "",
        Where.COMPOSER,
        False,
    ),
    Key("composer.next", "down", "later", "Later prompt", TALK, "", Where.COMPOSER, False),
    Key("composer.when_busy", "alt+q", "when_busy", "Messages wait for the run, or interrupt it", TALK, "queue or interrupt"),
    Key("composer.withdraw", "alt+z", "withdraw", "Take back the message that waits", TALK),
    Key("message.attach", "alt+t", "attach_file", "Attach a text file or PDF to the message", TALK),
    Key("message.detach", "alt+u", "detach", "Take the attached file off again", TALK),
    Key("message.regenerate", "alt+r", "regenerate", "Ask for the last answer again; the old one stays a branch", TALK),
    Key("message.resend", "alt+m", "resend", "Send the selected (or last) message again in other words, as a branch", TALK),
    Key("run.stop", "escape", "stop", "Close what is open, else stop the run", RUN, "stop", palette=False),
    Key("run.again", "ctrl+r", "again", "Try again, or let the agent continue", RUN, "again"),
    Key("run.doctor", "f8", "doctor", "Say why nothing comes", RUN, "why"),
    Key("run.give_up", "alt+g", "give_up", "Stop following (the server may go on)", RUN),
    Key("conversation.page_up", "pageup", "page(-1)", "A page up", READ, palette=False),
    Key("conversation.page_down", "pagedown", "page(1)", "A page down", READ, palette=False),
    Key("conversation.up", "ctrl+up", "line(-1)", "A line up", READ, palette=False),
    Key("conversation.down", "ctrl+down", "line(1)", "A line down", READ, palette=False),
    Key("conversation.top", "ctrl+home", "top", "Start of the conversation", READ),
    Key("conversation.end", "ctrl+end", "end", "End of the conversation, and follow it", READ),
    Key("conversation.previous", "alt+up", "move_message(-1)", "Select the message above; in a comparison, the change before", READ),
    Key("conversation.next", "alt+down", "move_message(1)", "Select the message below; in a comparison, the next change", READ),
    Key("branch.previous", "alt+pageup", "step_branch(-1)", "Branch before, at the selected or last message that has several", READ),
    Key("branch.next", "alt+pagedown", "step_branch(1)", "Branch after", READ),
    Key("conversation.fold", "ctrl+o", "fold", "Open or fold tools and thinking", READ, "open"),
    Key("conversation.copy", "ctrl+y", "copy_message", "Copy the selected or last message", READ, "copy"),
    Key("conversation.copy_code", "alt+y", "copy_code", "Copy its code block (again: the one before)", READ),
    Key("conversation.find", "ctrl+f", "find", "Find in the conversation", READ, "find"),
    Key("canvas.show", "f6", "show_canvas", "Show the canvas and go to it; from there: hide it", CANVAS, "canvas"),
    Key("canvas.previous", "alt+left", "step_version(-1)", "Version before", CANVAS),
    Key("canvas.next", "alt+right", "step_version(1)", "Version after", CANVAS),
    Key("canvas.diff", "alt+d", "diff", "Compare with the version before: inline, side by side, not at all", CANVAS, "compare"),
    Key("canvas.actions", "alt+a", "actions", "Actions on the document, the code or what is selected", CANVAS, "actions"),
    Key("canvas.ask", "alt+i", "ask_canvas", "Say what is to become of what is selected, also while editing", CANVAS, "ask"),
    Key("canvas.versions", "alt+v", "versions", "Every version: look, compare, go on from one, restore one", CANVAS, "versions"),
    Key("canvas.edit", "alt+e", "edit_canvas", "Edit the document or code in place", CANVAS, "edit"),
    Key("canvas.editor", "alt+o", "canvas_editor", "Edit it in $VISUAL or $EDITOR", CANVAS),
    Key("canvas.save", "ctrl+s", "save_canvas", "Save the edit as a version; without one, save the document to a file", CANVAS, "save"),
    Key("canvas.keep", "alt+k", "keep_version", "Yes to what the canvas asks: keep it, go on from it, try again", CANVAS),
    Key("canvas.drop", "alt+x", "drop_version", "No to what the canvas asks: drop it, go back", CANVAS),
    Key("canvas.copy", "alt+c", "copy_canvas", "Copy the document or code", CANVAS),
    Key("thread.new", "ctrl+n", "new_thread", "New thread", THREADS, "new"),
    Key("thread.go", "ctrl+t", "go_threads", "Go to the threads and search", THREADS, "threads"),
    Key("thread.previous", "ctrl+pageup", "step_thread(-1)", "Thread above", THREADS),
    Key("thread.next", "ctrl+pagedown", "step_thread(1)", "Thread below", THREADS),
    Key("thread.rename", "f2", "rename", "Rename the thread", THREADS, "rename"),
    Key("thread.delete", "f7", "delete", "Delete the thread", THREADS, "delete"),
    Key("thread.undo", "f9", "undo", "Bring the deleted thread back", THREADS, "undo"),
    Key("thread.refresh", "f5", "refresh", "Read the list of threads again", THREADS),
    Key("pane.threads", "f3", "toggle_threads", "Show or hide the threads", PROGRAM),
    Key("pane.run", "f4", "toggle_run", "Show or hide the run", PROGRAM),
    Key("pane.wire", "alt+w", "toggle_wire", "Show or hide the wire: every event as it comes", PROGRAM),
    Key("program.save", "alt+s", "save_stream", "Save the last minutes of the thread's stream", PROGRAM, where=Where.APP),
    Key("program.palette", "ctrl+p", "palette", "Every command", PROGRAM, "commands", palette=False, where=Where.APP),
    Key("program.help", "f1", "help", "Keys and help", PROGRAM, "help", where=Where.APP),
    Key("program.copy", "ctrl+c", "copy_selection", "Copy what is selected", PROGRAM, palette=False, where=Where.APP),
    Key("program.repaint", "ctrl+l", "repaint", "Paint the whole screen again", PROGRAM, where=Where.APP),
    Key("program.suspend", "ctrl+z", "suspend", "Suspend: back to the shell, until fg (in a text field: undo)", PROGRAM, where=Where.APP),
    Key("program.quit", "ctrl+q", "quit_program", "Quit (runs go on at the server)", PROGRAM, "quit", where=Where.APP),
)

YIELDING = frozenset({"run.stop", "program.suspend", "conversation.page_up", "conversation.page_down"})
"""Actions whose keys a focused field may use for itself."""

BY_ACTION: dict[str, Key] = {key.action: key for key in KEYS}

ACT_KEYS: dict[Act, str] = {
    Act.RETRY: "run.again",
    Act.CONTINUE: "run.again",
    Act.RESEND: "message.regenerate",
    Act.ELSEWHERE: "thread.new",
    Act.GIVE_UP: "run.give_up",
    Act.STOP: "run.stop",
    Act.ANSWER: "composer.send",
    Act.DETAILS: "conversation.fold",
    Act.WHY: "run.doctor",
}
"""The action whose key does what a notice offers."""

ACT_WORDS: dict[Act, str] = {
    Act.RETRY: "try again",
    Act.GIVE_UP: "give up",
    Act.STOP: "stop",
    Act.ANSWER: "answer",
    Act.CONTINUE: "continue",
    Act.RESEND: "send again",
    Act.ELSEWHERE: "new thread with it",
    Act.DETAILS: "details",
    Act.WHY: "why?",
}

_NAMES = {
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "enter": "Enter",
    "up": "Up",
    "down": "Down",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "space": "Space",
}


def key_names(keys: str) -> list[str]:
    """``"shift+enter,ctrl+j"`` as people write them: ["Shift+Enter", "Ctrl+J"]; [""] for none."""
    return [_one(key.strip()) for key in keys.split(",") if key.strip()] or [""]


def _one(key: str) -> str:
    return "+".join(_NAMES.get(part, part.upper() if len(part) == 1 or part[1:].isdigit() else part.title()) for part in key.split("+"))


class Keymap:
    """The table with the user's own keys in it. An action bound to nothing ("") has no key."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self.own = {action: keys for action, keys in (own or {}).items() if action in BY_ACTION}

    def keys(self, action: str) -> str:
        return self.own.get(action, BY_ACTION[action].keys)

    def words(self, action: str) -> str:
        """The first of its keys, as people write it; empty where it has none."""
        return key_names(self.keys(action))[0]

    def act(self, act: Act) -> str:
        """The key that does what a notice offers, in words."""
        return self.words(ACT_KEYS[act])

    def offers(self) -> dict[Act, str]:
        """What notices offer, with its key. Continuing is left out: it stands over the composer, where it stays in sight."""
        return {act: f"{self.act(act)} {word}".lstrip() for act, word in ACT_WORDS.items() if act is not Act.CONTINUE}

    def groups(self) -> list[tuple[str, list[tuple[list[str], str]]]]:
        """For the help screen: (group, [(keys in words, what they do)])."""
        found: dict[str, list[tuple[list[str], str]]] = {}
        for key in KEYS:
            found.setdefault(key.group, []).append((key_names(self.keys(key.action)), key.label))
        return list(found.items())

    def short(self, actions: Iterable[str]) -> list[tuple[str, str, str]]:
        """For the footer: (action, key, word)."""
        return [(action, self.words(action), BY_ACTION[action].short) for action in actions if self.keys(action)]


def bindings(where: Where) -> list[Binding]:
    """Textual's bindings of the table's defaults; ``App.set_keymap`` puts the user's keys in their place."""
    return [
        Binding(key.keys, key.do, key.label, show=False, id=key.action, priority=where is not Where.COMPOSER and key.action not in YIELDING)
        for key in KEYS
        if key.where is where
    ]


LAST_NAMED = "\u2150"
"""Above it are signs that no key has: "fog" is a picture."""
_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_RENAMED = frozenset(KEY_NAME_REPLACEMENTS.values())
_NAMED = frozenset(key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<"))


def is_key(name: str) -> bool:
    """Whether Textual can tell of such a key: a character or its Unicode name, or a named key, with modifiers before it."""
    *before, last = name.split("+")
    if not _MODIFIERS.issuperset(before):
        return False
    if len(last) == 1 or last in _NAMED:
        return True
    try:
        character = unicodedata.lookup(last.replace("_", " "))
    except KeyError:
        return last in _RENAMED
    return not character.isalnum() and character < LAST_NAMED  # letters are named by themselves


_ALIASES = {
    "esc": "escape",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "control": "ctrl",
    "strg": "ctrl",
    "option": "alt",
    "opt": "alt",
    "cmd": "super",
    "command": "super",
}
"""How keys are written elsewhere, our own footer among them."""


def near_key(name: str) -> str:
    """The key that was meant by a name that is none; empty where nothing is near."""
    *before, last = name.casefold().replace("-", "+").replace(" ", "").split("+")
    parts = [*(_near(part, _MODIFIERS) for part in before), _near(last, _NAMED)]
    meant = "+".join(parts)
    return meant if all(parts) and meant != name and is_key(meant) else ""


def _near(part: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only where there is a mistake

    found = [part] if len(part) == 1 else get_close_matches(part, known, n=1, cutoff=0.7)
    return _ALIASES.get(part, found[0] if found else "")


def problems(own: Mapping[str, str]) -> Sequence[str]:
    """What is wrong with the user's keys, a sentence each: unknown actions and keys, and one key for two actions."""
    found: list[str] = []
    for action in own:
        if action not in BY_ACTION:
            near = _near(action, BY_ACTION)
            found.append(f'there is no action "{action}"' + (f"; did you mean {near}?" if near else " (see canvas-tui config show)"))
    taken: dict[str, str] = {}
    keymap = Keymap(own)
    for key in KEYS:
        for name in (part.strip() for part in keymap.keys(key.action).split(",")):
            if key.action in keymap.own and name and not is_key(name):
                near_one = near_key(name)
                instead = f'did you mean "{near_one}"?' if near_one else 'keys are named like "escape", "f6", "alt+g" or "ctrl+pageup"'
                found.append(f'{key.action}: there is no key "{name}"; {instead}')
            if name and (first := taken.setdefault(name, key.action)) != key.action:
                found.append(f"{_one(name)} is bound twice: {first} and {key.action}")
    return found


def markdown() -> str:
    """The README's table of keys."""
    rows = [f"| {', '.join(key_names(key.keys))} | {key.label} | `{key.action}` |" for key in KEYS]
    return "\n".join(["| key | does | action |", "|---|---|---|", *rows])
