"""``canvas-tui doctor``: why nothing came. Looks, says what it found, and does the harmless things that help, after asking."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from .. import config
from ..core import bundle
from ..core.diagnosis import Action, Verdict
from ..core.evidence import Evidence
from ..core.ports import LocalFailure, Secret, ServerTarget
from ..core.safe_text import safe
from ..core.verdicts import verdict
from ..net import probes_act
from ..net.probes import LISTEN, Examination, Wish
from .compose import compose
from .mistakes import Mistake
from .report import Checklist, as_json, report
from .send import stop_at_interrupt
from .settings import load
from .target import target as find_target

MASK = "***"


def run(args: Namespace) -> int:
    if args.replay is not None:
        evidence = _read(Path(args.replay))
        return _tell(args, evidence, verdict(evidence))
    if args.run and not args.thread:
        raise Mistake("--run needs --thread ID, the thread that it belongs to.")
    if args.listen is not None and not 1 <= args.listen <= 3600:
        raise Mistake("--listen takes seconds, from 1 to 3600.")
    args.server = args.url or args.server
    return asyncio.run(_examine(args))


def _read(path: Path) -> Evidence:
    try:
        return bundle.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Mistake(f"{path} cannot be read ({(error.strerror or 'unknown error').lower()}).") from None
    except UnicodeDecodeError:
        raise Mistake(f"{path} is no bundle of doctor: it is not UTF-8 text.") from None
    except bundle.NoBundle as error:
        raise Mistake(f"{path}: {error}") from None


async def _examine(args: Namespace) -> int:
    given: list[str] = []
    async with _server(args) as found:
        server = replace(found, key=_remembering(found.key, given))
        direct = replace(server, url=_direct_url(args.direct)) if args.direct else None
        wish = Wish(args.thread or "", args.run or "", args.canary, args.listen or LISTEN, args.with_text)
        checklist = Checklist(sys.stderr if args.json else sys.stdout, quiet=args.json)
        evidence = await _looked(Examination(server, wish, checklist.take, direct=direct), checklist)
        told = verdict(evidence)
        if args.bundle:
            _write(Path(args.bundle), evidence, (*given, *(value.reveal() for _, value in server.headers)))
        code = _tell(args, evidence, told)
        if told.action is not Action.NOTHING and evidence.thread_id and not args.json:
            await _act(args, server, evidence, told)
        return code


async def _looked(examination: Examination, checklist: Checklist) -> Evidence:
    """Until it is over, or Ctrl+C: then what was found so far is judged."""
    stop = asyncio.create_task(stop_at_interrupt().wait())
    looking = asyncio.create_task(examination.run())
    try:
        await asyncio.wait({stop, looking}, return_when=asyncio.FIRST_COMPLETED)
        if not looking.done():
            looking.cancel()
            await asyncio.wait({looking})
            checklist.say("stopped: what follows is judged by what was found so far")
        elif error := looking.exception():
            raise error
    finally:
        stop.cancel()
        checklist.close()
    return examination.evidence


@asynccontextmanager
async def _server(args: Namespace) -> AsyncIterator[ServerTarget]:
    """The server that is meant; the local agent is started, or attached to, as everywhere."""
    settings = load()
    wanted = find_target(settings, args)
    if not wanted.local:
        yield wanted
        return
    parts = compose(args, settings)
    assert parts.local is not None
    try:
        address = await parts.local.ensure(lambda sentence: print(sentence, file=sys.stderr, flush=True))
        yield replace(parts.target, url=address.url, assistant=parts.target.assistant or address.assistant, local=False)
    except LocalFailure as failure:
        raise Mistake("\n".join((str(failure), *failure.log))) from None
    finally:
        await parts.local.release()
        await parts.journal.close()


def _remembering(key: Callable[[], Secret], given: list[str]) -> Callable[[], Secret]:
    """The key's source; what it gives is kept, for masking."""

    def ask() -> Secret:
        secret = key()
        given.append(secret.reveal())
        return secret

    return ask


def _direct_url(text: str) -> str:
    try:
        return config.clean_url(text if "://" in text else f"http://{text}")
    except ValueError as error:
        raise Mistake(f"--direct: {error}.") from None


def _write(path: Path, evidence: Evidence, secrets: Sequence[str]) -> None:
    """Keys are masked wherever a server may have repeated them."""
    text = bundle.write(evidence)
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(json.dumps(secret)[1:-1], MASK)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({(error.strerror or 'unknown error').lower()}).") from None


def _tell(args: Namespace, evidence: Evidence, told: Verdict) -> int:
    print(json.dumps(as_json(evidence, told)) if args.json else report(told), flush=True)
    return told.code.exit_code


# -- doing something about it ----------------------------------------------------------------------------------------------


async def _act(args: Namespace, server: ServerTarget, evidence: Evidence, told: Verdict) -> None:
    question, act = ACTIONS[told.action]
    if not args.yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            print(f"\n(With --yes, or on a terminal, doctor can do this: {question.rstrip('?').lower()}.)")
            return
        if not await asyncio.to_thread(_yes, question):
            return
    try:
        print(safe(await act(server, evidence.thread_id, told.run_id)), flush=True)
    except probes_act.NotDone as error:
        print(f"It could not be done: {error}.", file=sys.stderr)


def _yes(question: str) -> bool:
    try:
        return input(f"\n{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


async def _continue(server: ServerTarget, thread_id: str, run_id: str) -> str:
    new = await probes_act.proceed(server, thread_id)
    return f"The thread goes on with the run {new}. To see it: canvas-tui --server {server.url} --thread {thread_id}"


async def _fetch(server: ServerTarget, thread_id: str, run_id: str) -> str:
    return await probes_act.fetch(server, thread_id)


async def _free(server: ServerTarget, thread_id: str, run_id: str) -> str:
    done = await probes_act.free(server, thread_id, run_id)
    return f"{done[:1].upper()}{done[1:]}."


ACTIONS: dict[Action, tuple[str, Callable[[ServerTarget, str, str], Awaitable[str]]]] = {
    Action.CONTINUE: ("Continue the thread where it stopped?", _continue),
    Action.FETCH: ("Show the answer that stands in the thread?", _fetch),
    Action.FREE: ("Cancel the run that holds the thread?", _free),
}
