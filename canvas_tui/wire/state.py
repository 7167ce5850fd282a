"""A thread as the server tells it (GET thread, state and runs) into `ThreadState`, `RunInfo` and `ThreadRow`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from canvas_tui.core.artifact import Turn
from canvas_tui.core.model import Json, Message, Role, RunInfo, RunStatus, SendMessage, ThreadState, ThreadStatus, Unstreamed
from canvas_tui.core.open_canvas import TURN_KEYS
from canvas_tui.core.titles import title_of
from canvas_tui.core.unstreamed import unstreamed

from .artifact import read_artifact
from .errors import words_of
from .interrupts import thread_interrupts
from .jsontext import epoch, items, mapping, text
from .messages import read_messages

SUBMIT_KEY = "canvas_tui_submit"
"""Our own key in a run's metadata."""
HEADS_KEY = "canvas_tui_heads"
"""In a run's metadata too: the checkpoints that end other branches of the thread. The run's own checkpoints carry it as well."""

MESSAGES_KEY = "messages"
_VALUES_TEXT = 200_000
_ALIVE = (RunStatus.RUNNING, RunStatus.PENDING)


def read_thread_state(thread: Json, state: Json) -> ThreadState:
    """``thread`` and ``state`` as GET /threads/{t} and GET /threads/{t}/state answer. Total: what is missing stays at its default."""
    row, snapshot = mapping(thread), mapping(state)
    values = mapping(snapshot.get("values")) or mapping(row.get("values"))
    artifact = read_artifact(values.get("artifact"))
    has_messages = not values or artifact is not None or isinstance(values.get(MESSAGES_KEY), list)
    interrupts = thread_interrupts(row, snapshot)
    checkpoint = mapping(snapshot.get("checkpoint"))
    return ThreadState(
        messages=read_messages(values.get(MESSAGES_KEY)),
        interrupts=interrupts,
        next=tuple(text(node) for node in items(snapshot.get("next")) if text(node)),
        status=thread_status(row.get("status")) or (ThreadStatus.INTERRUPTED if interrupts else ThreadStatus.IDLE),
        error=thread_error(row, snapshot),
        checkpoint_id=text(checkpoint.get("checkpoint_id")) or text(snapshot.get("checkpoint_id")),
        has_messages=has_messages,
        values_text="" if has_messages else json.dumps(values, ensure_ascii=False, indent=2)[:_VALUES_TEXT],
        artifact=artifact,
        mark=mark(row),
        by_hand=mapping(snapshot.get("metadata")).get("source") == "update",
    )


def mark(row: dict[str, Json]) -> str:
    """Another one when a run begins (the status, nothing else: measured) or ends, and when a client writes the state by hand."""
    changed = text(row.get("state_updated_at"))
    return f"{text(row.get('status'))} {changed}" if changed else ""


def thread_error(thread: dict[str, Json], state: dict[str, Json]) -> str:
    """Why the thread's last run failed, in the server's words: the thread's own account, else that of the state's tasks."""
    told = words_of(thread.get("error"))
    if told:
        return told
    return next((words for task in items(state.get("tasks")) if (words := words_of(mapping(task).get("error")))), "")


def thread_status(value: Json) -> ThreadStatus | None:
    """None where the server says something else, or nothing."""
    try:
        return ThreadStatus(text(value))
    except ValueError:
        return None


# -- runs ------------------------------------------------------------------------------------------------------------


def read_run(run: Json, now: float | None = None) -> RunInfo:
    """``now``: epoch seconds by the server's clock; without it nothing is said of the run's age, nor of when it is due."""
    row = mapping(run)
    started = mapping(row.get("kwargs"))
    config = mapping(mapping(started.get("config")).get("configurable"))
    later = bool(config.get("__after_seconds__"))
    return RunInfo(
        id=text(row.get("run_id")) or text(row.get("id")),
        status=run_status(row.get("status")),
        submit_id=text(mapping(row.get("metadata")).get(SUBMIT_KEY)),
        created=epoch(row.get("created_at")),
        age=max(0.0, now - epoch(row.get("created_at"))) if now is not None and row.get("created_at") else 0.0,
        error=words_of(row.get("error") or row.get("error_message")),
        sent=read_sent(row),
        forked=bool(config.get("checkpoint_id")),
        heads=tuple(id for item in items(mapping(row.get("metadata")).get(HEADS_KEY)) if (id := text(item))),
        due_in=max(0.0, epoch(row.get("created_at")) - now) if now is not None and later else 0.0,
        unstreamed=_unstreamed(started),
    )


def read_sent(run: Json) -> SendMessage | None:
    """What a run was started with, where it was a turn of Open Canvas and the server keeps that."""
    sent = mapping(mapping(mapping(run).get("kwargs")).get("input"))
    keys = tuple((key, sent[key]) for key in TURN_KEYS if sent.get(key) is not None)
    artifact = read_artifact(sent.get("artifact"))
    return SendMessage("", "", Turn(keys), artifact) if keys or artifact is not None else None


def _unstreamed(started: dict[str, Json]) -> Unstreamed:
    """By the ``kwargs`` of a run's row."""
    modes = started.get("stream_mode")
    names = {modes} if isinstance(modes, str) else {text(mode) for mode in items(modes)}
    subgraphs = started.get("subgraphs", started.get("stream_subgraphs"))
    return unstreamed(names, subgraphs if isinstance(subgraphs, bool) else None)


_STATUSES = {
    "cancelled": RunStatus.INTERRUPTED,
    "canceled": RunStatus.INTERRUPTED,
    "completed": RunStatus.SUCCESS,
    "failed": RunStatus.ERROR,
}


def run_status(value: Json) -> RunStatus:
    """A status we do not know is taken as running: the run will be asked about again."""
    word = text(value)
    if word in _STATUSES:
        return _STATUSES[word]
    try:
        return RunStatus(word)
    except ValueError:
        return RunStatus.RUNNING


def read_runs(runs: Json, now: float | None = None) -> tuple[RunInfo, ...]:
    return tuple(found for item in items(runs) if (found := read_run(item, now)).id)


def active_run(runs: Sequence[RunInfo]) -> RunInfo | None:
    """The run that is executed now, else the one that will be next."""
    alive = sorted((run for run in runs if run.status in _ALIVE), key=lambda run: (_ALIVE.index(run.status), run.created))
    return alive[0] if alive else None


def ahead_of(run_id: str, runs: Sequence[RunInfo]) -> int:
    """How many runs of the thread go before this one."""
    me = next((run for run in runs if run.id == run_id), None)
    if me is None:
        return 0
    return sum(1 for run in runs if run.id != run_id and run.status in _ALIVE and run.created < me.created)


def run_by_key(runs: Sequence[RunInfo], submit_id: str) -> RunInfo | None:
    return next((run for run in runs if run.submit_id == submit_id), None)


def title_from(messages: Sequence[Message]) -> str:
    return title_of(next((m.text for m in messages if m.role is Role.HUMAN and m.text.strip()), ""))
