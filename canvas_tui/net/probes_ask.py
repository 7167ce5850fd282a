"""Doctor's short questions: the way to the port, who answers there, the thread with its runs, state and queue."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx

from canvas_tui.core.diagnosis import said
from canvas_tui.core.evidence import Asked, Headers, Look, Queue, RunFacts, Server, Way
from canvas_tui.core.model import Failure, FailureKind, Json, Role, RunStatus, ServerKind, ThreadState
from canvas_tui.wire import requests
from canvas_tui.wire.jsontext import dumps, epoch, items, mapping, text
from canvas_tui.wire.server import is_langgraph_info, read_kind
from canvas_tui.wire.state import read_run, read_thread_state

from .client import CONNECT, Client, is_loopback, server_time
from .failed import RequestFailed
from .proxies import env_proxy

Clock = Callable[[], float]

OK_TIMES = 3
RUNS = 20
METRICS_PATH = "/metrics"
_KEPT = frozenset(
    {
        *("server", "date", "via", "age", "content-type", "content-encoding", "content-length", "transfer-encoding", "connection"),
        *("cache-control", "x-accel-buffering", "x-cache", "x-served-by", "cf-ray", "cf-cache-status", "x-amz-cf-id", "x-amzn-trace-id"),
        *("x-envoy-upstream-service-time", "retry-after", "content-location", "keep-alive", "alt-svc"),
    }
)
"""Headers that can say something and hold nothing secret; all others are dropped."""


def kept_headers(headers: Mapping[str, str]) -> Headers:
    return tuple((name.lower(), said(value, 120)) for name, value in headers.items() if name.lower() in _KEPT)


# -- the way -----------------------------------------------------------------------------------------------------------


async def find_way(url: str, clock: Clock) -> Way:
    """Name and connection, without a request. Never raises."""
    address = httpx.URL(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    proxy = None if is_loopback(url) else env_proxy(address)
    if proxy is None:
        return await _connect(Way(address.host, port, is_loopback(url)), address.host, port, clock)
    base = Way(address.host, port, proxy=proxy.where, proxy_variable=proxy.variable)
    through, around = await asyncio.gather(
        _connect(base, proxy.host, proxy.port, clock), _connect(Way(address.host, port), address.host, port, clock)
    )
    return replace(through, around_proxy=around.tcp)


async def _connect(way: Way, host: str, port: int, clock: Clock) -> Way:
    began = clock()
    try:
        async with asyncio.timeout(CONNECT):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        return replace(way, failure=Failure(FailureKind.DNS, detail=getattr(error, "strerror", None) or "no answer", where=host))
    way = replace(way, dns=clock() - began, addresses=len({each[4][0] for each in found}))
    began = clock()
    try:
        async with asyncio.timeout(CONNECT):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return replace(way, failure=Failure(FailureKind.TIMEOUT, where=f"{host}:{port}"))
    except OSError as error:
        refused = isinstance(error, ConnectionRefusedError)
        kind = FailureKind.REFUSED if refused else FailureKind.TIMEOUT
        return replace(way, failure=Failure(kind, detail="" if refused else error.strerror or "", where=f"{host}:{port}"))
    seconds = clock() - began
    writer.transport.abort()
    return replace(way, tcp=seconds)


# -- the server ---------------------------------------------------------------------------------------------------------


async def ask(client: Client, clock: Clock, method: str, path: str, body: Json = None) -> tuple[Asked, Json]:
    """One question; the answer's value is None where there was none."""
    began = clock()
    try:
        answer = await client.request(method, path, body, params={"format": "json"} if path == METRICS_PATH else None)
    except RequestFailed as failed:
        return Asked(began, clock() - began, failed.failure.status, failed.failure), None
    return Asked(began, clock() - began, answer.status, headers=kept_headers(answer.headers)), answer.value


async def find_server(client: Client, clock: Clock) -> Server:
    """Never raises."""
    (info, who), (auth, _), (_, graphs), (oks, says_ok) = await asyncio.gather(
        ask(client, clock, "GET", requests.INFO_PATH),
        ask(client, clock, "POST", requests.SEARCH_PATH, {"limit": 1, "select": ["thread_id"]}),
        ask(client, clock, "POST", requests.ASSISTANTS_PATH, {"limit": 10}),
        _oks(client, clock),
    )
    kind, version = read_kind(who, dict(info.headers)) if info.good else (ServerKind.UNKNOWN, "")
    known = is_langgraph_info(who) if info.good else None
    return Server(
        ok=oks if oks[0].status != 404 else (),
        says_ok=says_ok,
        info=info,
        langgraph=known if known is not None else says_ok,
        kind=kind,
        version=said(version, 40),
        auth=auth,
        assistants=len(graphs) if isinstance(graphs, list) else None,
    )


async def _oks(client: Client, clock: Clock) -> tuple[tuple[Asked, ...], bool | None]:
    """GET /ok some times, one after the other, as long as it is answered; and whether the answer is LangGraph's."""
    found: list[Asked] = []
    says_ok = None
    while len(found) < OK_TIMES and (not found or found[-1].good):
        asked, value = await ask(client, clock, "GET", requests.OK_PATH)
        found.append(asked)
        says_ok = mapping(value).get("ok") is True if asked.good else says_ok
    return tuple(found), says_ok


# -- the thread -----------------------------------------------------------------------------------------------------------


async def look_at(client: Client, clock: Clock, thread_id: str, run_id: str = "", *, with_text: bool = False) -> Look:
    """Thread, run, state and queue as they are now. Without ``run_id``: the run that is alive, else the newest."""
    at = clock()
    wanted = [
        ask(client, clock, "GET", requests.thread_path(thread_id)),
        ask(client, clock, "GET", requests.state_path(thread_id)),
        ask(client, clock, "GET", requests.runs_path(thread_id)),
        ask(client, clock, "GET", METRICS_PATH),
        *([ask(client, clock, "GET", requests.run_path(thread_id, run_id))] if run_id else []),
    ]
    (thread, row), (state, snapshot), (_, listed), (_, metrics), *one = await asyncio.gather(*wanted)
    if thread.failure is not None:
        missing = thread.failure.kind is FailureKind.MISSING or (thread.status == 422 and "uuid" in thread.failure.detail.lower())
        return Look(at, thread=False if missing else None, failure=None if missing else thread.failure)
    now = server_time(dict(thread.headers))
    runs = tuple(run for each in items(listed) if (run := read_facts(each, now)) is not None)
    asked = read_facts(one[0][1], now) if one else None
    chosen = asked or (next((run for run in runs if run.id == run_id), None) if run_id else _newest(runs))
    found = await asyncio.to_thread(read_thread_state, row, snapshot if state.good else None)
    asking = found.interrupts[0] if found.interrupts else None
    return Look(
        at,
        clock=now,
        thread=True,
        status=found.status,
        error=said(found.error, 300),
        run=chosen,
        run_missing=bool(run_id) and chosen is None,
        runs=runs,
        next=tuple(said(node, 80) for node in found.next),
        questions=len(found.interrupts),
        asking=said(asking.node, 80) if asking else "",
        question=said(asking.value if isinstance(asking.value, str) else dumps(asking.value)) if asking and with_text else "",
        checkpoint=said(found.checkpoint_id, 80),
        checkpoint_age=_age(mapping(snapshot).get("created_at"), now),
        messages=len(found.messages),
        answer=_answer(found),
        queue=_queue(metrics),
    )


def _newest(runs: tuple[RunFacts, ...]) -> RunFacts | None:
    for wanted in (RunStatus.RUNNING, RunStatus.PENDING):
        alive = [run for run in runs if run.status is wanted]
        if alive:
            return max(alive, key=lambda run: run.age)
    return min(runs, key=lambda run: run.age, default=None)


def read_facts(run: Json, now: float) -> RunFacts | None:
    row = mapping(run)
    info = read_run(row)
    if not info.id:
        return None
    kwargs = mapping(row.get("kwargs"))
    after = mapping(mapping(kwargs.get("config")).get("configurable")).get("__after_seconds__")
    delay = float(after) if isinstance(after, (int, float)) else 0.0
    age = now - info.created if info.created else 0.0
    modes = kwargs.get("stream_mode")
    return RunFacts(
        said(info.id, 80),
        info.status,
        # Only a run that was started for later may lie in the future: else two clocks disagree.
        age=age if delay > 0 else max(0.0, age),
        idle=max(0.0, now - epoch(row.get("updated_at"))) if row.get("updated_at") else max(0.0, age),
        after=delay,
        modes=tuple(said(text(mode), 40) for mode in ([modes] if isinstance(modes, str) else items(modes))) if modes else None,
        subgraphs=_flag(kwargs.get("subgraphs", kwargs.get("stream_subgraphs"))),
        resumable=_flag(kwargs.get("resumable", kwargs.get("stream_resumable"))),
        assistant=said(text(row.get("assistant_id")), 80),
        error=said(info.error, 300),
    )


def _flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _answer(found: ThreadState) -> int | None:
    """Characters that the agent has said since the last human message."""
    if not found.has_messages:
        return None
    count = 0
    for message in reversed(found.messages):
        if message.role is Role.HUMAN and not message.hidden:
            break
        count += len(message.text) if message.role is Role.AI else 0
    return count


def _age(at: Json, now: float) -> float | None:
    made = epoch(at)
    return max(0.0, now - made) if made else None


def _queue(metrics: Json) -> Queue | None:
    told = mapping(metrics)
    queue, workers = mapping(told.get("queue")), mapping(told.get("workers"))
    if not queue and not workers:
        return None
    wait = queue.get("pending_unblocked_runs_wait_time_max_secs")
    return Queue(
        pending=_count(queue.get("n_pending")),
        running=_count(queue.get("n_running")),
        wait=float(wait) if isinstance(wait, (int, float)) else None,
        workers=_count(workers.get("max")),
        free=_count(workers.get("available")),
    )


def _count(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
