"""What ``send`` writes: the answer on stdout, everything else on stderr; or one JSON object a line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import BinaryIO, Protocol, assert_never

from ..core.artifact import ArtifactKind, Version
from ..core.frozen import frozen
from ..core.model import Json
from ..core.safe_text import safe, safe_line
from ..net.turn import Asked, Discard, Ended, RunNamed, Text, Told, TurnEvent
from ..net.turn_artifact import Finished, Piece, Void


@frozen
class Wrote:
    """The file of --artifact-out has been written."""

    file: str


class Output(Protocol):
    """Takes a turn's events in their order. A reader that has gone is a BrokenPipeError."""

    async def take(self, event: TurnEvent | Wrote) -> None: ...
    async def server(self, sentence: str) -> None:
        """What the server is doing before there is a run."""
        ...


Put = Callable[[BinaryIO, str], None]


def put(stream: BinaryIO, text: str) -> None:
    stream.write(text.encode("utf-8", "replace"))
    stream.flush()


async def written(stream: BinaryIO, text: str) -> None:
    """A slow reader must not hold up the stream's clocks, nor Ctrl+C."""
    if text:
        await asyncio.to_thread(put, stream, text)


class JsonLines:
    """One object a line, in ASCII: nothing in it acts in a terminal."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    async def server(self, sentence: str) -> None:
        await self._line({"type": "notice", "kind": "server", "text": sentence})

    async def take(self, event: TurnEvent | Wrote) -> None:
        await self._line(_as_json(event))

    async def _line(self, value: dict[str, Json]) -> None:
        await written(self._out, json.dumps(value) + "\n")


def _as_json(event: TurnEvent | Wrote) -> dict[str, Json]:
    match event:
        case RunNamed(thread_id, run_id):
            return {"type": "run", "thread_id": thread_id, "run_id": run_id}
        case Text(message_id, text):
            return {"type": "text", "message_id": message_id, "text": text}
        case Discard(message_id):
            return {"type": "discard", "message_id": message_id}
        case Told(notice, text, more):
            return {"type": "notice", "kind": str(notice.kind), "text": text, **({"details": more} if more else {})}
        case Asked(interrupt_id, value):
            return {"type": "interrupt", "id": interrupt_id, "value": value}
        case Piece(version, at, text):
            return {**_artifact_line(version), "at": at, "text": text}
        case Void(index):
            return {"type": "artifact", "version": index, "void": True}
        case Wrote(file):
            return {"type": "written", "file": file}
        case Finished(version, count):
            return {**_artifact_line(version), "text": version.text, "finished": True, "versions": count}
        case Ended():
            end = {"type": "end", "status": event.status, "thread_id": event.thread_id, "run_id": event.run_id}
            return {**end, "messages": list(event.messages), **({"sentence": event.sentence} if event.sentence else {})}
    assert_never(event)


def _artifact_line(version: Version) -> dict[str, Json]:
    line = {"type": "artifact", "version": version.index, "kind": version.kind.value, "title": version.title}
    return {**line, "language": version.language} if version.kind is ArtifactKind.CODE else line


class Plain:
    """The answer's exact text where a program reads it; on a terminal its control characters are shown instead of acting.

    Several messages of one turn are set apart by an empty line. ``options`` lead to the same
    assistant again, as words of a shell.
    """

    def __init__(self, out: BinaryIO, err: BinaryIO, options: str = "") -> None:
        self._out, self._err, self._options = out, err, options
        self._terminal = out.isatty()
        self._watched = err.isatty()  # a person reads what is told
        self._both = self._terminal and self._watched
        self._message = ""
        self._last = "\n"  # the last character written to stdout
        self._held = ""  # on a terminal: half of a line's end
        self._said = ""  # the last sentence
        self._asked = False

    async def server(self, sentence: str) -> None:
        await self._say(sentence)

    async def take(self, event: TurnEvent | Wrote) -> None:
        match event:
            case RunNamed():
                pass
            case Text(message_id, text):
                await self._part(message_id)
                await self._write(text)
            case Discard():
                await self._say("what was printed of this answer is void; it begins anew below")
                self._message = ""
            case Told(_, text, more):
                await self._say(text)
                if more:
                    await written(self._err, safe(more).rstrip("\n") + "\n")
            case Asked(_, value):
                await self._finish()
                self._asked = True
                question = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                await self._say(f"the agent asks: {question}")
            case Piece() | Void():
                pass
            case Wrote(file):
                await self._say(f"wrote {file}")
            case Finished(version, count):
                await self._say(f"artifact {describe_version(version)}, version {version.index} of {count}")
            case Ended():
                await self._finish()
                if event.status == "interrupted":
                    how = "answer with: canvas-tui send" if self._asked else "go on with it: canvas-tui"
                    words = (how, self._options, f"--thread {event.thread_id}", "--answer JSON" if self._asked else "")
                    await self._say(" ".join(filter(None, words)))
                elif event.status == "success" and self._watched:
                    await self._say(
                        " ".join(filter(None, ("go on with it: canvas-tui send", self._options, f"--thread {event.thread_id}")))
                    )
                if event.sentence and not self._said.endswith(safe_line(event.sentence)):
                    await self._say(event.sentence)
            case _:
                assert_never(event)

    async def _part(self, message_id: str) -> None:
        """What stands between two messages."""
        if self._message != message_id and self._written:
            await self._finish()
            await written(self._out, "\n")
        self._message = message_id

    @property
    def _written(self) -> bool:
        return self._message != "" or self._last != "\n"

    async def _write(self, text: str) -> None:
        if self._terminal:
            text = self._held + text
            self._held = "\r" if text.endswith("\r") else ""
            text = safe(text.removesuffix("\r"))
        if text:
            await written(self._out, text)
            self._last = text[-1]

    async def _finish(self) -> None:
        self._held = ""
        if self._last != "\n":
            await written(self._out, "\n")
            self._last = "\n"

    async def _say(self, sentence: str) -> None:
        self._said = safe_line(sentence)
        begin = "\n" if self._both and self._last != "\n" else ""
        await written(self._err, f"{begin}canvas-tui: {safe_line(sentence)}\n")


def describe_version(version: Version) -> str:
    """In a few words: what it is and how much."""
    title = f'"{version.title.strip() or "Untitled"}"'
    if version.kind is ArtifactKind.CODE:
        return f"{title} ({version.language or 'code'}, {_count(len(version.text.splitlines()), 'line')})"
    return f"{title} (text, {_count(len(version.text.split()), 'word')})"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
