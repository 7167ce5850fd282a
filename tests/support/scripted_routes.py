"""The scripted server's routes: (method, path) -> name and handler."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from canvas_tui.core.model import Json

from .scripted_http import Answer, Request
from .scripted_kinds import ASSISTANT_ID
from .scripted_store import Run, Thread

if TYPE_CHECKING:
    from .scripted import ScriptedServer

Handler = Callable[..., Answer | Awaitable[Answer]]


class Refusal(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def _ok(server: ScriptedServer, request: Request) -> Answer:
    if not server.kind.ok:
        raise Refusal(404, "Not Found")
    return Answer(body={"ok": True})


def _info(server: ScriptedServer, request: Request) -> Answer:
    return Answer(body=dict(server.kind.info))


def _metrics(server: ScriptedServer, request: Request) -> Answer:
    live = [run for run in server.runs.values() if not run.done]
    running = sum(run.status == "running" for run in live)
    return Answer(body={"queue": {"n_pending": len(live) - running, "n_running": running}, "workers": {"max": server.workers or 10}})


def _not_found(server: ScriptedServer, request: Request) -> Answer:
    raise Refusal(404, "Not Found")


# -- assistants


def _assistant(graph: str = "agent") -> dict[str, Json]:
    at = "2026-11-22T09:00:00.000000+00:00"
    return {
        "assistant_id": ASSISTANT_ID if graph == "agent" else f"{ASSISTANT_ID[:-12]}{graph.encode().hex():0>12.12}",
        "graph_id": graph,
        "name": graph,
        "description": None,
        "config": {},
        "context": {},
        "metadata": {"created_by": "system"},
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }


def _search_assistants(server: ScriptedServer, request: Request) -> Answer:
    graph = request.json().get("graph_id")
    return Answer(body=[_assistant(name) for name in ("agent", *server.companions) if graph in (None, name)])


def _get_assistant(server: ScriptedServer, request: Request, assistant: str) -> Answer:
    _known_assistant(assistant)
    return Answer(body=_assistant())


def _schemas(server: ScriptedServer, request: Request, assistant: str) -> Answer:
    _known_assistant(assistant)
    keys = ("messages", "_messages", "artifact") if server.companions else ("messages",)
    schema = {"type": "object", "properties": {key: {} for key in keys}}
    return Answer(
        body={"graph_id": "agent", "input_schema": schema, "output_schema": schema, "state_schema": schema, "config_schema": None}
    )


def _known_assistant(assistant: Json) -> None:
    if assistant not in ("agent", ASSISTANT_ID):
        raise Refusal(404, f"Assistant '{assistant}' not found")


# -- threads


def _thread(server: ScriptedServer, thread_id: str) -> Thread:
    if thread_id not in server.threads:
        raise Refusal(404, f"Thread with ID {thread_id} not found")
    return server.threads[thread_id]


def _create_thread(server: ScriptedServer, request: Request) -> Answer:
    given = request.json()
    known = server.threads.get(given.get("thread_id") or "")
    if known is None:
        known = server.new_thread(given.get("thread_id") or "", dict(given.get("metadata") or {}))
    elif given.get("if_exists") != "do_nothing":
        raise Refusal(409, f"Thread with ID {known.id} already exists")
    return Answer(body=known.public())


def _get_thread(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    return Answer(body=_thread(server, thread_id).public())


def _patch_thread(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    thread = _thread(server, thread_id)
    thread.metadata.update(request.json().get("metadata") or {})
    thread.updated = server.names.time()
    return Answer(body=thread.public())


async def _delete_thread(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    for run in list(_thread(server, thread_id).active):
        await server.cancel_task(run)
    del server.threads[thread_id]
    return Answer(status=204)


def _search_threads(server: ScriptedServer, request: Request) -> Answer:
    given = request.json()
    wanted = (given.get("metadata") or {}).items()
    rows = [t for t in server.threads.values() if wanted <= t.metadata.items()]
    rows = [t for t in rows if t.status == (given.get("status") or t.status) and t.id in (given.get("ids") or [t.id])]
    rows.sort(key=lambda t: t.created if given.get("sort_by") == "created_at" else t.updated, reverse=given.get("sort_order") != "asc")
    start = given.get("offset", 0)
    keys = given.get("select")
    found = [t.public() for t in rows[start : start + given.get("limit", 10)]]
    return Answer(body=[{key: row[key] for key in keys} for row in found] if keys else found)


def _get_state(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    thread = _thread(server, thread_id)
    newest = thread.history.rows[-1] if thread.history.rows else None
    state = thread.state(newest.id if newest else "1f0c-0")
    return Answer(body={**state, "metadata": thread.history.told(newest)["metadata"]} if newest and not thread.next else state)


def _state_at(server: ScriptedServer, request: Request, thread_id: str, checkpoint_id: str) -> Answer:
    history = _thread(server, thread_id).history
    found = history.find(checkpoint_id)
    return Answer(body=history.told(found) if found else history.nothing(checkpoint_id))


def _post_state(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    """A change by hand: of the newest state, or of an earlier checkpoint's."""
    thread = _thread(server, thread_id)
    if any(thread.active):
        raise Refusal(409, "Thread is busy")
    given = request.json()
    wanted = given.get("checkpoint_id") or (given.get("checkpoint") or {}).get("checkpoint_id")
    server.go_back(thread, wanted)
    values = given.get("values") or {}
    thread.merge(values.get("messages") or [])
    thread.values.update({key: value for key, value in values.items() if key != "messages"})
    thread.updated = server.names.time()
    row = thread.history.add(thread.values, "update", at=thread.updated, parent=wanted or "")
    return Answer(body={"checkpoint": thread.history.told(row)["checkpoint"]})


def _post_history(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    """``before`` is an object on the Python server and a string on the JavaScript server; the other spelling is refused (measured)."""
    given, js = request.json(), server.kind.name == "js"
    before = given.get("before")
    if before is not None and isinstance(before, str) is not js:
        raise Refusal(400 if js else 422, "before is of the wrong type")
    id = before if js else ((before or {}).get("configurable") or {}).get("checkpoint_id")
    return Answer(body=_thread(server, thread_id).history.listed(given.get("limit", 10), id or "", given.get("metadata")))


def _get_history(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    query = request.query
    return Answer(body=_thread(server, thread_id).history.listed(int(query.get("limit", 10)), query.get("before", "")))


# -- the store


def _get_item(server: ScriptedServer, request: Request) -> Answer:
    _with_store(server)
    return Answer(body=server.items.get(request.query.get("namespace", ""), request.query.get("key", "")))


def _search_items(server: ScriptedServer, request: Request) -> Answer:
    _with_store(server)
    return Answer(body={"items": [server.items.told(place) for place in server.items.kept]})


def _put_item(server: ScriptedServer, request: Request) -> Answer:
    given = _labelled(server, request)
    server.items.put(given["namespace"], given["key"], given["value"])
    return Answer(status=204)


def _delete_item(server: ScriptedServer, request: Request) -> Answer:
    given = _labelled(server, request)
    server.items.delete(given["namespace"], given["key"])
    return Answer(status=204)


def _labelled(server: ScriptedServer, request: Request) -> dict[str, Json]:
    _with_store(server)
    given: dict[str, Json] = request.json()
    for label in given["namespace"]:
        if not label or "." in label:
            raise Refusal(422, f"Namespace label '{label}' must be a non-empty string without periods")
    return given


def _with_store(server: ScriptedServer) -> None:
    if not server.has_store:
        raise Refusal(404, "Not Found")


# -- runs


def _run(server: ScriptedServer, thread_id: str, run_id: str) -> Run:
    _thread(server, thread_id)
    if run_id not in server.runs:
        raise Refusal(404, f"Run with ID {run_id} not found")
    return server.runs[run_id]


BUSY = "Thread is already running a task. Wait for it to finish or choose a different multitask strategy."


async def _make_run(server: ScriptedServer, request: Request, thread_id: str) -> Run:
    given = request.json()
    thread = server.threads.get(thread_id)
    if thread is None and given.get("if_not_exists") == "create":
        thread = server.new_thread(thread_id, {})
    if thread is None and server.kind.plain_errors:
        raise Refusal(422, BUSY)  # also for a thread that is not there (measured)
    if thread is None:
        raise Refusal(404, f"Thread with ID {thread_id} not found")
    _known_assistant(given.get("assistant_id"))
    strategy = given.get("multitask_strategy") or "enqueue"
    active = list(thread.active)
    if active and strategy == "reject":
        status = 422 if server.kind.plain_errors else 409
        raise Refusal(status, BUSY)
    if strategy in ("interrupt", "rollback"):
        for run in active:
            await server.cancel_task(run)
            if strategy == "rollback":
                server.forget(run)
    modes = given.get("stream_mode") or ["values"]
    after = float(given.get("after_seconds") or 0)
    run = Run(
        id=server.names.uuid(),
        thread_id=thread.id,
        metadata={"graph_id": "agent", "assistant_id": ASSISTANT_ID, **(given.get("metadata") or {})},
        kwargs={**given, "config": {"configurable": {"__after_seconds__": after}}} if after else given,
        modes=frozenset([modes] if isinstance(modes, str) else modes),
        resumable=bool(given.get("stream_resumable")) or server.kind.end_event,
        created=server.names.time(after),
        number=len(server.runs) + 1,
        strategy=strategy,
        after=after,
    )
    checkpoint = given.get("checkpoint_id") or (given.get("checkpoint") or {}).get("checkpoint_id")
    if checkpoint:
        configurable = {**((given.get("config") or {}).get("configurable") or {}), "checkpoint_id": checkpoint}
        run.kwargs = {**given, "config": {**(given.get("config") or {}), "configurable": configurable}}
    thread.metadata.setdefault("graph_id", "agent")
    thread.runs.append(run)
    server.runs[run.id] = run
    server.launch(run)
    return run


async def _create_run(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    run = await _make_run(server, request, thread_id)
    return Answer(body=run.public(), headers={"content-location": f"/threads/{run.thread_id}/runs/{run.id}"})


def _list_runs(server: ScriptedServer, request: Request, thread_id: str) -> Answer:
    runs = [run for run in reversed(_thread(server, thread_id).runs) if run.status == request.query.get("status", run.status)]
    start = int(request.query.get("offset", 0))
    return Answer(body=[run.public() for run in runs[start : start + int(request.query.get("limit", 10))]])


def _get_run(server: ScriptedServer, request: Request, thread_id: str, run_id: str) -> Answer:
    return Answer(body=_run(server, thread_id, run_id).public())


async def _cancel(server: ScriptedServer, request: Request, thread_id: str, run_id: str) -> Answer:
    run = _run(server, thread_id, run_id)
    await server.cancel_task(run)
    if request.query.get("action") == "rollback":
        server.forget(run)
    return Answer(status=204 if request.query.get("wait") in ("1", "true") else 202, body={})


async def _delete_run(server: ScriptedServer, request: Request, thread_id: str, run_id: str) -> Answer:
    run = _run(server, thread_id, run_id)
    await server.cancel_task(run)
    server.forget(run)
    return Answer(status=204)


# -- streams: they answer the run to follow, None where it is not known


async def _stream_new(server: ScriptedServer, request: Request, thread_id: str) -> Run | None:
    return await _make_run(server, request, thread_id)


async def _join(server: ScriptedServer, request: Request, thread_id: str, run_id: str) -> Run | None:
    return server.runs.get(run_id)


STREAMS: dict[str, Callable[..., Awaitable[Run | None]]] = {"stream": _stream_new, "join": _join}

_T, _R = "/threads/([^/]+)", "/threads/([^/]+)/runs/([^/]+)"
_TABLE: tuple[tuple[str, str, str, Handler], ...] = (
    ("ok", "GET", "/ok", _ok),
    ("info", "GET", "/info", _info),
    ("metrics", "GET", "/metrics", _metrics),
    ("assistants", "POST", "/assistants/search", _search_assistants),
    ("schemas", "GET", "/assistants/([^/]+)/schemas", _schemas),
    ("assistant", "GET", "/assistants/([^/]+)", _get_assistant),
    ("thread-create", "POST", "/threads", _create_thread),
    ("thread-search", "POST", "/threads/search", _search_threads),
    ("thread", "GET", _T, _get_thread),
    ("thread-patch", "PATCH", _T, _patch_thread),
    ("thread-delete", "DELETE", _T, _delete_thread),
    ("state", "GET", f"{_T}/state", _get_state),
    ("state-write", "POST", f"{_T}/state", _post_state),
    ("state-at", "GET", f"{_T}/state/([^/]+)", _state_at),
    ("history", "POST", f"{_T}/history", _post_history),
    ("history-page", "GET", f"{_T}/history", _get_history),
    ("item", "GET", "/store/items", _get_item),
    ("item-put", "PUT", "/store/items", _put_item),
    ("item-search", "POST", "/store/items/search", _search_items),
    ("item-delete", "DELETE", "/store/items", _delete_item),
    ("create", "POST", f"{_T}/runs", _create_run),
    ("runs", "GET", f"{_T}/runs", _list_runs),
    ("stream", "POST", f"{_T}/runs/stream", _not_found),
    ("run", "GET", _R, _get_run),
    ("run-delete", "DELETE", _R, _delete_run),
    ("cancel", "POST", f"{_R}/cancel", _cancel),
    ("join", "GET", f"{_R}/stream", _not_found),
)
ROUTES = tuple(row[0] for row in _TABLE)
_COMPILED = [(name, method, re.compile(pattern), handler) for name, method, pattern, handler in _TABLE]


def route(request: Request) -> tuple[str, Handler, tuple[str, ...]]:
    """(name, handler, path arguments); unknown paths have the name "unknown" and answer 404."""
    for name, method, pattern, handler in _COMPILED:
        match = pattern.fullmatch(request.path)
        if match and request.method == method:
            return name, handler, match.groups()
    return "unknown", _not_found, ()
