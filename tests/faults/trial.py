"""One turn of the program's engine through the lab, under one fault, judged by A1 to A5 of the fault matrix."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from canvas_tui.core.actions import parse
from canvas_tui.core.artifact import Artifact, Turn
from canvas_tui.core.model import Message, NoticeKind, Role, Session, Standing
from canvas_tui.core.notices import words
from canvas_tui.core.ports import ServerTarget
from canvas_tui.core.safe_text import safe
from canvas_tui.journal import SqliteJournal
from canvas_tui.lab.proxy import Proxy, Told
from canvas_tui.net.hub import Hub
from canvas_tui.wire.artifact import read_artifact

from . import GATHER
from .witness import BARE, Witness, at_rest, needs_user, versions

LINK = frozenset({NoticeKind.CUT, NoticeKind.UNREACHABLE, NoticeKind.LIMITED})
ALARMS = LINK | {
    NoticeKind.QUIET,
    NoticeKind.RESTARTED,
    NoticeKind.CORRECTED,
    NoticeKind.NOT_RESUMABLE,
    NoticeKind.LOST,
    NoticeKind.UNREADABLE,
}
HONEST = "has not answered for"
"""A request that takes over ten seconds may be told as what it is."""
SLACK = 0.6
"""Seconds by which a word may come late on a busy machine; printed times are the measured ones."""
MOST_KEYS = 3

Truth: TypeAlias = list[tuple[str, str, list[tuple[str, Any]]]]
"""Of each message: type, text, tool calls as (name, arguments)."""


@dataclass(frozen=True)
class Case:
    """A fault and what has to follow from it.

    Args:
        script: for the lab; empty where the prompt or ``act`` makes the fault.
        told: one of these notices has to come within ``within`` seconds of the fault, unless text comes again before (and not ``must``).
        quiet: no alarm may be told.
        names: words that stand in the notices at the end.
        corrected: painted text may be replaced, with a word.
        action: a quick action in place of the prompt, on the artifact that ``prepare`` has made.
        act: does something while the turn is on; called after the message has been submitted.
    """

    id: str
    prompt: str
    script: str = ""
    told: frozenset[NoticeKind] = frozenset()
    within: float = 3.0
    must: bool = False
    quiet: bool = False
    names: str = ""
    corrected: bool = False
    before: str = ""  # a script that is over before the message is sent
    after_rest: str = ""  # a script for the user's answer to the graph's question
    action: str = ""
    ends: str = "success"
    patience: float = 90.0
    prepare: Callable[[Trial], Coroutine[None, None, None]] | None = None
    act: Callable[[Trial], Coroutine[None, None, None]] | None = None
    note: str = ""


@dataclass
class Outcome:
    case: Case
    seed: int
    exact: bool = False  # A1
    held: Truth = field(default_factory=list)  # what the client has in the end
    removed: list[str] = field(default_factory=list)  # A2
    explained: bool = True
    told: str = ""  # A3: the kind
    told_after: float | None = None
    again_after: float | None = None  # text came again
    sent: int = 1  # A4
    runs: int = 0
    bare: float = 0.0  # A5
    ended: bool = False
    status: str = ""
    clean: bool = True  # A7: nothing that is told holds a control character
    keys: int = 0
    seconds: float = 0.0
    reconnects: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.wrong


class Trial:
    """``run`` plays it. Everything of it is public for the acts of cases."""

    def __init__(self, case: Case, server: str, folder: Path, seed: int, *, forgets: bool = False) -> None:
        self.forgets = forgets  # the server will not know the run afterwards
        self.case, self.server, self.seed = case, server, seed
        self.lab = Proxy(server, seed=seed)
        self.journal = SqliteJournal(folder / f"{case.id}-{seed}.db")
        self.outcome = Outcome(case, seed)
        self.thread = ""
        self.fault_at: float | None = None
        self.ready = asyncio.Event()  # there is a witness
        self._texts: list[tuple[float, int]] = []

    async def run(self) -> Outcome:
        await self.lab.start()
        self.hub = Hub(ServerTarget("lab", self.lab.url, "agent"), self.journal, gather=GATHER)
        try:
            await self._play()
        except Exception as error:
            self.outcome.wrong.append(f"the trial broke: {type(error).__name__}: {error}")
        finally:
            await self.hub.close()
            await self.lab.stop()
        return self.outcome

    async def _play(self) -> None:
        case, out = self.case, self.outcome
        await self.hub.start()
        await asyncio.wait_for(self.hub._link.api(), 30)
        self.thread = self.hub.new_thread()
        if case.prepare is not None:
            await case.prepare(self)
        self.hub.open(self.thread)
        self.witness = Witness(self.hub, self.thread)
        self.ready.set()
        if case.before:
            self.lab.apply(case.before)
            await asyncio.sleep(1)
        self.lab.listen(self._heard)
        if case.script:
            self.lab.apply(case.script)
        began = self.hub.now()
        await self._submit()
        if self.fault_at is None and (case.script.startswith(("down", "dark")) or not case.script):
            self.fault_at = began
        act = asyncio.create_task(case.act(self)) if case.act is not None else None
        counting = asyncio.create_task(self._count_text())
        try:
            out.ended = await self._to_the_end()
            if act is not None:
                await act
                out.ended = await self._to_the_end()
        finally:
            counting.cancel()
            if act is not None:
                act.cancel()
        out.seconds = self.hub.now() - began
        await self._judge()
        self.witness.finish()

    async def _submit(self) -> None:
        turn = parse(self.case.action) if self.case.action else ""
        if isinstance(turn, Turn):
            assert await self.witness.until(lambda s: s.state.artifact is not None, 30), "there is nothing to act on"
            self.hub.canvas.act(self.thread, turn)
        else:
            self.hub.submit(self.thread, self.case.prompt)

    async def _to_the_end(self) -> bool:
        """Whether it came to rest; where it waits for the user the key is pressed."""
        while await self.witness.until(at_rest, self.case.patience):
            session = self.witness.session
            if needs_user(session) and self.outcome.keys < MOST_KEYS:
                self.outcome.keys += 1
                await asyncio.sleep(0.1)
                self.hub.retry(self.thread)
                await self.witness.until(lambda s: not needs_user(s), 5)
            elif session.interrupts:
                if self.case.after_rest:
                    self.lab.apply(self.case.after_rest)
                self.outcome.sent += 1
                self.hub.answer(self.thread, [(asked.id, "short") for asked in session.interrupts])
            else:
                return not needs_user(session)
        return False

    def _heard(self, told: Told) -> None:
        if told.fault and self.fault_at is None and not told.text.startswith("from now on"):
            self.fault_at = told.at

    async def _count_text(self) -> None:
        """When there was how much text, for seeing when it came again."""
        while True:
            session = self.witness.session
            said = [m.text for m in (*session.history, *session.live) if m.role is not Role.HUMAN]
            size = sum(map(len, (*said, *(text for text, _, _ in versions(session).values()))))
            if not self._texts or self._texts[-1][1] != size:
                self._texts.append((self.hub.now(), size))
            self.witness.changed.clear()
            await self.witness.changed.wait()

    # -- judging

    async def _judge(self) -> None:
        case, out, session = self.case, self.outcome, self.witness.session
        if not out.ended:
            link = session.link
            out.wrong.append(
                f"not over after {case.patience:g} s: {link.phase}, failure {link.failure}, notices {[n.kind for n in session.notices]}"
            )
        out.status = str(session.run.status) if session.run is not None else ""
        out.reconnects = session.run.reconnects if session.run is not None else 0
        truth, runs = await asyncio.to_thread(truth_at, self.server, self.thread)
        mine = out.held = held(session)
        artifact = await asyncio.to_thread(artifact_at, self.server, self.thread)
        out.exact = mine == truth and session.state.artifact == artifact
        if mine != truth:
            out.wrong.append(f"A1: held {_short(mine)} is not the state's {_short(truth)}")
        if session.state.artifact != artifact:
            out.wrong.append(f"A1: held {session.state.artifact} is not the state's {artifact}")
        out.removed, out.explained = self.witness.removed, self.witness.explained
        if out.removed and not (case.corrected and out.explained):
            out.wrong.append(f"A2: painted text went: {out.removed[0][:300]}")
        out.runs = runs
        if runs != out.sent and not self.forgets:
            out.wrong.append(f"A4: {runs} runs for {out.sent} messages")
        out.bare = self.witness.bare
        if out.bare > BARE:
            out.wrong.append(f"A5: {out.bare:.1f} s without a word")
        if case.ends and out.status != case.ends:
            out.wrong.append(f"the run ended as {out.status}")
        self._judge_words()
        self._judge_told()

    def _judge_words(self) -> None:
        told = [words(notice, self.witness.session, self.hub.now()) for notice in self.witness.session.notices]
        texts = [*(seen.text for seen in self.witness.told), *(each.text for each in told), *(each.details for each in told)]
        unclean = [text for text in texts if safe(text) != text]
        self.outcome.clean = not unclean
        if unclean:
            self.outcome.wrong.append(f"A7: control characters in {unclean}")

    def _judge_told(self) -> None:
        case, out = self.case, self.outcome
        if case.quiet:
            alarms = [seen for seen in self.witness.told if seen.notice.kind in ALARMS and HONEST not in seen.text]
            if alarms:
                out.told = alarms[0].notice.kind
                out.wrong.append(f"A3: told {[seen.text for seen in alarms]} although nothing is wrong")
        session, now = self.witness.session, self.hub.now()
        if case.names and not any(case.names in words(notice, session, now).text for notice in session.notices):
            out.wrong.append(f"A3: nothing says {case.names!r}: {[words(notice, session, now).text for notice in session.notices]}")
        if not case.told:
            return
        if self.fault_at is None:
            out.wrong.append("the fault never came")
            return
        since = self.fault_at
        seen = next((s for s in self.witness.told if s.notice.kind in case.told and s.at >= since - 0.05), None)
        out.told = str(seen.notice.kind) if seen else ""
        out.told_after = seen.at - since if seen else None
        out.again_after = next((at - since for at, _ in self._texts if at > since + 0.02), None)
        signs = (out.told_after,) if case.must else (out.told_after, out.again_after)
        first = min((t for t in signs if t is not None), default=None)
        if first is None or first > case.within + SLACK:
            out.wrong.append(f"A3: told after {out.told_after}, text again after {out.again_after}; {case.within:g} s are allowed")


def truth_at(server: str, thread: str) -> tuple[Truth, int]:
    """The messages of the thread's state, and how many runs of ours the server has; nothing where it does not know the thread."""
    try:
        state = get(f"{server}/threads/{thread}/state")
        runs = get(f"{server}/threads/{thread}/runs?limit=100")
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return [], 0
        raise
    values = state.get("values") or {}
    messages = values.get("messages") or [] if isinstance(values, dict) else []
    return [truth_of(m) for m in messages], len([r for r in runs if not (r.get("metadata") or {}).get("foreign")])


def artifact_at(server: str, thread: str) -> Artifact | None:
    try:
        values = get(f"{server}/threads/{thread}/state").get("values")
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
    return read_artifact(values.get("artifact")) if isinstance(values, dict) else None


def held(session: Session) -> Truth:
    """What the client holds as settled."""
    beside = {message.id for _, message in session.leftovers}  # kept visible although the server does not have it
    return [_held(m) for m in session.history if m.standing is Standing.DONE and m.id not in beside]


def _held(message: Message) -> tuple[str, str, list[tuple[str, Any]]]:
    role = {Role.HUMAN: "human", Role.AI: "ai", Role.TOOL: "tool"}.get(message.role, str(message.role))
    return role, message.text, [(call.name, json.loads(call.args or "{}")) for call in message.tool_calls]


def truth_of(message: dict[str, Any]) -> tuple[str, str, list[tuple[str, Any]]]:
    content = message.get("content") or ""
    text = content if isinstance(content, str) else "".join(p.get("text", "") for p in content if isinstance(p, dict))
    return str(message["type"]), text, [(call["name"], call["args"]) for call in message.get("tool_calls") or []]


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.loads(answer.read())


def post(url: str, body: object) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def _short(messages: Truth) -> str:
    return str([(role, f"{len(text)}:{text[-40:]!r}", calls) for role, text, calls in messages])
