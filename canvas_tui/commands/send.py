"""``canvas-tui send``: one turn without a screen."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable

from ..core.model import Json, ServerPhase
from ..core.ports import Backend, Change
from ..net.turn import Ended, TurnEvent, run_turn
from . import mistakes
from .compose import Parts, compose
from .mistakes import Mistake
from .output import JsonLines, Output, Plain
from .recording import recorded
from .settings import load

CODES = {
    "success": mistakes.DONE,
    "refused": mistakes.USAGE,
    "interrupted": mistakes.WAITING,
    "error": mistakes.FAILED,
    "unreachable": mistakes.UNREACHABLE,
    "stopped": mistakes.STOPPED,
}
"""Exit codes by how the turn ended."""


def run(args: Namespace) -> int:
    text, answer = what(args)
    settings = load()
    parts = compose(args, settings)
    if args.record:
        parts = recorded(parts, args)
    try:
        return asyncio.run(_run(parts, args, text, answer))
    finally:
        parts.close()


def what(args: Namespace) -> tuple[str | None, Json | None]:
    """The message or the answer. Raises: Mistake."""
    if args.answer is not None:
        if args.text:
            raise Mistake("Give either TEXT or --answer, not both.")
        if not args.thread:
            raise Mistake("--answer needs --thread ID, the thread that waits for it.")
        return None, _answer(args.answer)
    if not args.text:
        raise Mistake("There is nothing to send: canvas-tui send TEXT, or - to read it from stdin.")
    if len(args.text) > 1:
        raise Mistake("The text is one argument: put quotes round it.")
    text = _stdin() if args.text[0] == "-" else args.text[0]
    if not text.strip():
        raise Mistake("There is nothing to send: the text is empty.")
    return text, None


def _answer(text: str) -> Json:
    """JSON, or the text itself: people answer questions with words."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if value is None:
        raise Mistake("null is no answer; --answer takes any other JSON value.")
    return value


def _stdin() -> str:
    """All of it, without the line end that ``echo`` and editors add."""
    if sys.stdin is None:
        raise Mistake("There is nothing to send: stdin is closed.")
    try:
        return sys.stdin.buffer.read().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Mistake("stdin is not UTF-8 text.") from None


async def _run(parts: Parts, args: Namespace, text: str | None, answer: Json | None) -> int:
    if sys.stdout is None:
        raise Mistake("stdout is closed.")
    output: Output = JsonLines(sys.stdout.buffer) if args.json else Plain(sys.stdout.buffer, sys.stderr.buffer, options(args))
    for note in parts.notes:
        await output.server(note)
    backend = parts.backend()
    stop = stop_at_interrupt()
    try:
        turn = run_turn(backend, thread_id=args.thread, text=text, answer=answer, stop=stop)
        code = await tell(backend, turn, output)
        if problem := parts.problem():
            await output.server(problem)
        return code
    finally:
        await backend.close()


def options(args: Namespace) -> str:
    """What leads to the same assistant of the same server again."""
    given = (("--server", args.server), ("--assistant", args.assistant), ("--model-config", args.model_config))
    return shlex.join([word for option, value in given if value for word in (option, value)])


def stop_at_interrupt() -> asyncio.Event:
    """The first Ctrl+C stops the run; the second ends the program, whatever it is doing."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def interrupted() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stop.set()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    return stop


async def tell(backend: Backend, turn: AsyncIterator[TurnEvent], output: Output) -> int:
    """Write the turn's events, and what the server is doing, in the order in which they come; the exit code."""
    news: asyncio.Queue[TurnEvent | str | None] = asyncio.Queue()
    unlisten = backend.listen(_ServerWords(backend, news.put_nowait))
    taking = asyncio.create_task(_take(turn, news))
    code = mistakes.FAILED
    try:
        while (item := await news.get()) is not None:
            if isinstance(item, str):
                await output.server(item)
            else:
                await output.take(item)
            if isinstance(item, Ended):
                code = CODES.get(item.status, mistakes.FAILED)
        await taking
    finally:
        unlisten()
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
    return code


async def _take(turn: AsyncIterator[TurnEvent], news: asyncio.Queue[TurnEvent | str | None]) -> None:
    try:
        async for event in turn:
            news.put_nowait(event)
    finally:
        news.put_nowait(None)


class _ServerWords:
    """Hears what the server is doing while it does not answer ("starting the local agent"), each sentence once."""

    def __init__(self, backend: Backend, say: Callable[[str], None]) -> None:
        self._backend = backend
        self._say = say
        self._said = {backend.server().sentence}

    def __call__(self, change: Change, thread_id: str) -> None:
        server = self._backend.server()
        waiting = server.phase is ServerPhase.DOWN or (server.phase is ServerPhase.STARTING and server.local)
        if change is Change.SERVER and waiting and server.sentence not in self._said:
            self._said.add(server.sentence)
            self._say(server.sentence)
