"""The scripted server as a process of its own, for benches and for trying things by hand."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
from pathlib import Path

from . import content
from .scripted import ScriptedServer, scripted_server
from .scripted_kinds import KINDS
from .scripted_steps import Pause, Say, Step, Turn, say
from .scripted_store import Run

_STREAM = re.compile(r"stream (\d+) (\d+)")


class Benchable:
    """Plays ``stream N RATE`` as N tokens of markdown at RATE a second; whatever else is asked gets the defaults."""

    def __init__(self, tokens: int, rate: float) -> None:
        self._tokens, self._rate = tokens, rate

    def __call__(self, turn: Turn) -> list[Step]:
        asked = _STREAM.search(turn.text)
        if asked:
            return [Say(tuple(content.tokens(int(asked[1]))), float(asked[2]))]
        if turn.text.startswith("silence "):
            return [Pause(float(turn.text.split()[1])), say("Done.")]
        return [Say(tuple(content.tokens(self._tokens)), self._rate)]


def record(server: ScriptedServer, run: Run) -> dict[str, object]:
    """What the log says of a run: when its text was sent (CLOCK_MONOTONIC), and when each mark of the content was."""
    sent = [piece for piece in server.sent if piece.run_id == run.id]
    first = min((piece.connection for piece in sent), default=0)
    sent = [piece for piece in sent if piece.connection == first]
    text = "".join(piece.text for piece in sent)
    return {
        "run": run.id,
        "status": run.status,
        "begun": sent[0].at if sent else None,
        "ended": sent[-1].at if sent else None,
        "tokens": len(sent),
        "bytes": len(text.encode()),
        "marks": {mark: piece.at for piece in sent for mark in content.MARK.findall(piece.text)},
    }


async def _log_runs(server: ScriptedServer, path: Path) -> None:
    """A line for each run when it is over and its text is out."""
    told: set[str] = set()
    while True:
        await asyncio.sleep(0.05)
        for run in [run for run in server.runs.values() if run.done and run.id not in told]:
            text = sum(len(event.text) for event in run.events)
            first = min((piece.connection for piece in server.sent if piece.run_id == run.id), default=0)
            if sum(len(piece.text) for piece in server.sent if piece.run_id == run.id and piece.connection == first) >= text:
                told.add(run.id)
                with path.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(record(server, run)) + "\n")


async def _serve(options: argparse.Namespace) -> None:
    script = Benchable(options.tokens, options.rate)
    async with scripted_server(script, kind=options.kind, port=options.port) as server:
        for count in options.thread:
            server.add_thread(content.conversation(count), title=f"{count} messages")
        print(server.url, flush=True)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        logger = asyncio.create_task(_log_runs(server, options.log)) if options.log else None
        await stop.wait()
        if logger:
            logger.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.scripted", description="A scripted LangGraph server on loopback.")
    parser.add_argument("--tokens", type=int, default=400, help="tokens of an answer")
    parser.add_argument("--rate", type=float, default=50, help="tokens a second; 0: as fast as they go")
    parser.add_argument("--kind", choices=sorted(KINDS), default="python")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--thread", type=int, action="append", default=[], metavar="N", help="a thread of N messages that is there already")
    parser.add_argument("--log", type=Path, help="a line of JSON for each run")
    asyncio.run(_serve(parser.parse_args()))
