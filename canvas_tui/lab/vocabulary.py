"""The words of the script language: how each is written, what it does, how it is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from canvas_tui.core.frozen import frozen

from .inserts import INSERTS
from .steps import (
    FOREVER,
    ZERO,
    Answer,
    Buffer,
    Clear,
    Coalesce,
    Corrupt,
    Cut,
    CutHead,
    Dark,
    Delay,
    Down,
    End,
    Gzip,
    Half,
    Heartbeats,
    Hole,
    Idle,
    Ids,
    Insert,
    LastEventId,
    Lose,
    Pass,
    Reset,
    Slice,
    Slow,
    Span,
    Stall,
    Step,
    Swallow,
    Unit,
    Until,
)


class ScriptError(Exception):
    """A script that cannot be read. ``str()`` is a sentence."""


@frozen
class Word:
    usage: str
    line: str
    reader: Callable[[list[str]], Step]


def read(text: str, word: Word, rest: Sequence[str]) -> Step:
    """Raises: ScriptError: it is written differently."""
    left = list(rest)
    try:
        step = word.reader(left)
    except _Wrong as wrong:
        raise ScriptError(f"{text!r}: {wrong}. It is written {word.usage!r}.") from None
    if left:
        raise ScriptError(f"{text!r}: {' '.join(left)!r} is too much. It is written {word.usage!r}.")
    return step


class _Wrong(Exception):
    """What is wrong, as a clause."""


# -- numbers ------------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(?:\.\.(\d{1,12}(?:\.\d{1,9})?))?([a-zA-Z]*)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {"": 1.0, "b": 1.0, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6}
_COUNT = {"": 1.0}


def _number(text: str, units: dict[str, float], what: str) -> Span:
    found = _NUMBER.fullmatch(text)
    if found is None or found[3].lower() not in units:
        raise _Wrong(f"{text!r} is no {what}")
    unit = units[found[3].lower()]
    low = float(found[1]) * unit
    high = float(found[2]) * unit if found[2] else low
    if high < low:
        raise _Wrong(f"{text!r} goes downwards")
    return Span(low, high)


def _needed(words: list[str], units: dict[str, float], what: str) -> Span:
    if not words:
        raise _Wrong(f"a {what} is missing")
    return _number(words.pop(0), units, what)


def _optional(words: list[str], units: dict[str, float], what: str, default: Span = FOREVER) -> Span:
    return _number(words.pop(0), units, what) if words else default


# -- steps ----------------------------------------------------------------------------------------------------------------

_PASSES = (
    (re.compile(r"[\d.]+(?:events?)?"), {"": 1.0, "event": 1.0, "events": 1.0}, Unit.EVENTS, "number of events"),
    (re.compile(r"[\d.]+(?:b|k|kb|mb)", re.I), _BYTES, Unit.BYTES, "number of bytes"),
    (re.compile(r"[\d.]+(?:ms|s|m|min|h)", re.I), _SECONDS, Unit.SECONDS, "length of time"),
)


def _pass(words: list[str]) -> Step:
    if not words:
        return Pass()
    for pattern, units, unit, what in _PASSES:
        if pattern.fullmatch(words[0]):
            amount = _number(words.pop(0), units, what)
            if words and unit is Unit.EVENTS and words[0] in ("event", "events"):
                words.pop(0)
            return Pass(amount, unit)
    raise _Wrong(f"{words[0]!r} is no number of events (5), of bytes (900b) and no time (15s)")


def _word(words: list[str], what: str) -> str:
    if not words:
        raise _Wrong(f"{what} is missing")
    return words.pop(0)


def _insert(words: list[str]) -> Step:
    name = _word(words, "what to insert")
    if name not in INSERTS:
        raise _Wrong(f"there is {', '.join(sorted(INSERTS))}; no {name!r}")
    return Insert(name, _optional(words, _BYTES, "size", ZERO))


def _gzip(words: list[str]) -> Step:
    if words and words[0] == "end":
        words.pop(0)
        return Gzip(at_end=True)
    return Gzip()


def _last_event_id(words: list[str]) -> Step:
    value = _word(words, "what the server shall see")
    return LastEventId("" if value == "off" else value)


def _heartbeats(words: list[str]) -> Step:
    value = _word(words, "off, or as and a word,")
    if value == "off":
        return Heartbeats()
    if value != "as":
        raise _Wrong(f"{value!r} is neither off nor as")
    return Heartbeats(_word(words, "the word"))


def _ids(words: list[str]) -> Step:
    if _word(words, "off") != "off":
        raise _Wrong("only off is known")
    return Ids()


def _answer(words: list[str]) -> Answer:
    status = int(_word(words, "a status"))
    if not 200 <= status <= 599:
        raise _Wrong(f"{status} is no status of an answer (200 to 599)")
    kind = words.pop(0) if words and words[0] in ("html", "json", "busy") else ""
    return Answer(status, kind, _optional(words, _SECONDS, "time to wait", ZERO))


def _redirect(words: list[str]) -> Answer:
    return Answer(302, "", ZERO, words.pop(0) if words else "http://elsewhere.invalid/")


def _lose(words: list[str]) -> Step:
    if words and re.fullmatch(r"\d{3}", words[0]):
        return Lose(_answer(words))
    endings: dict[str, Reset | Cut | Hole] = {"reset": Reset(), "cut": Cut(), "hole": Hole()}
    if words and words[0] in endings:
        return Lose(endings[words.pop(0)])
    return Lose()


def _fixed(step: Step) -> Callable[[list[str]], Step]:
    return lambda words: step


ANSWER = Word("502", "the lab answers with this status; the server does not see the request (429 7s: with Retry-After; 422 busy)", _answer)

WORDS: dict[str, Word] = {
    "pass": Word("pass 5", "let 5 events through (900b: bytes, 15s: seconds, nothing: the rest)", _pass),
    "stall": Word("stall 20s", "nothing at all for so long (nothing said: for ever)", lambda w: Stall(_optional(w, _SECONDS, "time"))),
    "idle": Word("idle 3s", "let through until nothing has come for so long", lambda w: Idle(_needed(w, _SECONDS, "time"))),
    "until": Word("until error", "let through until the next event has this name", lambda w: Until(_word(w, "an event's name"))),
    "half": Word("half", "the next event without its id line", _fixed(Half())),
    "swallow": Word(
        "swallow 3", "throw 3 events away, comments pass (nothing said: all)", lambda w: Swallow(_optional(w, _COUNT, "number"))
    ),
    "insert": Word("insert junk", f"put in something of its own: {', '.join(sorted(INSERTS))} (big 20MB)", _insert),
    "corrupt": Word("corrupt", "make a byte of the next event's text invalid", _fixed(Corrupt())),
    "cut": Word("cut", "close the connection (FIN) without the body's end", _fixed(Cut())),
    "end": Word("end", "end the body cleanly, as if that had been all", _fixed(End())),
    "reset": Word("reset", "reset the connection (RST)", _fixed(Reset())),
    "hole": Word("hole", "nothing passes any more in either direction, nobody is told", _fixed(Hole())),
    "head": Word("head 20b", "reset after so many bytes of the response's head", lambda w: CutHead(_needed(w, _BYTES, "number of bytes"))),
    "html": Word("html", "200 with a login page", _fixed(Answer(200, "html"))),
    "json": Word("json", "200 with a JSON body", _fixed(Answer(200, "json"))),
    "redirect": Word("redirect http://elsewhere.invalid/", "302 to another place", _redirect),
    "lose": Word("lose", "the server acts, its answer is lost (lose 502: and this comes instead; lose cut, lose hole)", _lose),
    "down": Word("down 5s", "all connections reset, new ones refused for so long", lambda w: Down(_optional(w, _SECONDS, "time"))),
    "dark": Word("dark 20s", "all connections silent, new ones unanswered for so long", lambda w: Dark(_optional(w, _SECONDS, "time"))),
    "slice": Word("slice 3", "pieces of so many bytes, a millisecond apart", lambda w: Slice(_needed(w, _BYTES, "number of bytes"))),
    "slow": Word("slow 1k", "so many bytes a second", lambda w: Slow(_needed(w, _BYTES, "number of bytes"))),
    "delay": Word("delay 1..3s", "everything comes so much later", lambda w: Delay(_needed(w, _SECONDS, "time"))),
    "coalesce": Word("coalesce 4s", "held back, released together each so many seconds", lambda w: Coalesce(_needed(w, _SECONDS, "time"))),
    "buffer": Word("buffer", "held back until the body is whole", _fixed(Buffer())),
    "gzip": Word("gzip", "compressed, whatever was asked for (gzip end: flushed only at the end)", _gzip),
    "last-event-id": Word("last-event-id off", "what the server sees of Last-Event-ID: nothing, or this value", _last_event_id),
    "heartbeats": Word("heartbeats off", "comments stripped, or (heartbeats as ping) with other words", _heartbeats),
    "ids": Word("ids off", "events lose their ids, as on a run that cannot be resumed", _ids),
    "clear": Word("clear", "no mode holds any more", _fixed(Clear())),
}
