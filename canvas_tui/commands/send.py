"""``canvas-tui send``: one turn without a screen."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

from ..core.canvas_port import StoreFailure
from ..core.model import ServerPhase
from ..core.ports import Backend, Change
from ..net.turn import Ended, TurnEvent, run_turn
from ..net.turn_wish import Wish
from . import mistakes
from .compose import Parts, compose
from .files import write_whole
from .mistakes import Mistake
from .output import JsonLines, Output, Plain, Wrote
from .recording import recorded
from .settings import load
from .wish import CUSTOM, own_action, what

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
    wish = what(args)
    kept = destination(args.artifact_out)
    settings = load()
    parts = compose(args, settings)
    if args.record:
        parts = recorded(parts, args)
    try:
        return asyncio.run(_run(parts, args, wish, kept))
    finally:
        parts.close()


async def _run(parts: Parts, args: Namespace, wish: Wish, kept: Path | None) -> int:
    output: Output = JsonLines(sys.stdout.buffer) if args.json else Plain(sys.stdout.buffer, sys.stderr.buffer, options(args))
    for note in parts.notes:
        await output.server(note)
    backend = parts.backend()
    stop = stop_at_interrupt()
    try:
        if wish.action.startswith(CUSTOM):
            await backend.start()
            wish = own_action(wish, await backend.canvas.custom_actions())
        turn = run_turn(backend, wish, canvas=backend.canvas, thread_id=args.thread, stop=stop)
        code = await tell(backend, keeping(turn, kept) if kept is not None else turn, output)
        if problem := parts.problem():
            await output.server(problem)
        return code
    except StoreFailure as failure:
        raise Mistake(str(failure)) from None
    finally:
        await backend.close()


def destination(name: str | None) -> Path | None:
    """The file of --artifact-out. Raises: Mistake: nothing can be written there, which is told before anything is sent."""
    if name is None:
        return None
    path = Path(name).expanduser()
    if path.is_dir():
        raise Mistake(f"{name} is a folder; --artifact-out takes the name of a file.")
    if not path.parent.is_dir():
        raise Mistake(f"{name} cannot be written (there is no folder {path.parent}).")
    return path


async def keeping(turn: AsyncIterator[TurnEvent], place: Path) -> AsyncIterator[TurnEvent | Wrote]:
    """The same, and the newest version is written to the file when the turn has ended well. It may be there: it is what the user named."""
    async for event in turn:
        if isinstance(event, Ended) and event.status in ("success", "interrupted"):
            for told in await asyncio.to_thread(_kept, event, place):
                yield told
        else:
            yield event


def _kept(ended: Ended, place: Path) -> tuple[Wrote | Ended, ...]:
    if ended.artifact is None:
        return (replace(ended, status="error", sentence=f"The thread has no artifact; {place} was not written."),)
    try:
        write_whole(place, ended.artifact.newest.text)
    except Mistake as mistake:
        return (replace(ended, status="error", sentence=str(mistake)),)
    return Wrote(str(place)), ended


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


async def tell(backend: Backend, turn: AsyncIterator[TurnEvent | Wrote], output: Output) -> int:
    """Write the turn's events, and what the server is doing, in the order in which they come; the exit code."""
    news: asyncio.Queue[TurnEvent | Wrote | str | None] = asyncio.Queue()
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


async def _take(turn: AsyncIterator[TurnEvent | Wrote], news: asyncio.Queue[TurnEvent | Wrote | str | None]) -> None:
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
