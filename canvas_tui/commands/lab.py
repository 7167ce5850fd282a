"""``canvas-tui lab``: the fault proxy alone, in front of any server, for any client."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from argparse import Namespace
from functools import partial
from urllib.parse import urlsplit

from ..lab.faults import FAULTS, named
from ..lab.proxy import Proxy, Told
from ..lab.script import SCOPES, ScriptError, parse
from ..lab.vocabulary import ANSWER, WORDS
from .mistakes import DONE, Mistake


def run(args: Namespace) -> int:
    if args.list:
        print(listing())
        return DONE
    upstream = address(args.upstream)
    try:
        script = named(args.fault).script if args.fault else args.script
        if args.fault and not script:
            raise ScriptError(f"{named(args.fault).id} is nothing a proxy can make: {named(args.fault).line}.")
        parse(script)
    except ScriptError as error:
        raise Mistake(error) from None
    return asyncio.run(_run(Proxy(upstream, port=args.listen, seed=args.seed), script))


def address(text: str | None) -> str:
    """The server's address. Raises: Mistake: there is none."""
    if not text:
        raise Mistake("Which server? canvas-tui lab --upstream http://127.0.0.1:2024 (or --list, for what it can do).")
    full = text if "://" in text else f"http://{text}"
    parts = urlsplit(full)
    try:
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise Mistake(f"--upstream: {text!r} is no address of a server, like http://127.0.0.1:2024.")
    return full


def listing() -> str:
    """Every fault, every word of the language and every kind of request."""
    lines = ["Faults (--fault F23, or by name):", ""]
    lines += [f"  {fault.id}  {fault.name:22} {fault.line}\n{'':29}{fault.script or '(not by a proxy)'}" for fault in FAULTS]
    lines += ["", "Steps of a script (--script 'pass 5; stall 20s; cut; 502 x2; reset; slice 3'):", ""]
    lines += [f"  {word.usage:33} {word.line}" for word in (*WORDS.values(), ANSWER)]
    lines += [
        "",
        "  cut x3, (pass 5; cut) x3          repeated",
        "  3..12                             a number drawn from a range, by the seed",
        "  cut or reset                      one of them, drawn",
        "  loop                              at the end: the whole list again and again",
        "",
        "Which requests a list is for (create: lose | stream: pass 5; cut):",
        "",
    ]
    lines += [f"  {scope + ':':33} {line}" for scope, line in SCOPES.items()]
    return "\n".join(lines)


async def _run(lab: Proxy, script: str) -> int:
    lab.listen(partial(_tell, lab.clock()))
    try:
        await lab.start()
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "it failed"
        raise Mistake(f"Port {lab.port} cannot be listened on ({reason}); name another with --listen.") from None
    print(f"{lab.url} stands before {lab.upstream}. Ctrl+C ends it.", flush=True)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        if script:
            lab.apply(script)
        await stop.wait()
    finally:
        await lab.stop()
    return DONE


def _tell(began: float, told: Told) -> None:
    """One line: seconds since the start, what the client asked, what was done; ``!`` marks the lab's own doing."""
    mark = "!" if told.fault else " "
    request = f"#{told.number} {told.request.partition('?')[0]}: " if told.number else ""
    print(f"{told.at - began:9.3f} {mark} {request}{told.text}", file=sys.stdout, flush=True)
