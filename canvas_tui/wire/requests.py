"""What is sent: paths and bodies, one spelling for all kinds of server unless a comment says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from urllib.parse import quote

from canvas_tui.core.effects import CreateRun, PostArtifact, SendAnswers, SendMessage
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Json, ServerKind

from .artifact import artifact_json
from .jsontext import mapping, text
from .rows import OPEN_CANVAS_OWNER, OWNER_KEY, SELECT, UPDATED_KEY
from .shape import InputShape
from .state import HEADS_KEY, SUBMIT_KEY

STREAM_MODES = ("messages-tuple", "updates", "custom")


@frozen
class Dialect:
    """The server as it has been found: what requests depend on."""

    kind: ServerKind = ServerKind.UNKNOWN
    assistant_id: str = "agent"
    graph_id: str = ""
    shape: InputShape = InputShape.MESSAGES
    user_id: str = ""
    model_config: Mapping[str, Json] = field(default_factory=dict)


def _at(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)


def thread_path(thread_id: str) -> str:
    return _at("threads", thread_id)


def state_path(thread_id: str) -> str:
    return _at("threads", thread_id, "state")


def runs_path(thread_id: str) -> str:
    return _at("threads", thread_id, "runs")


def run_path(thread_id: str, run_id: str) -> str:
    return _at("threads", thread_id, "runs", run_id)


def join_path(thread_id: str, run_id: str) -> str:
    return _at("threads", thread_id, "runs", run_id, "stream")


def cancel_path(thread_id: str, run_id: str) -> str:
    """Without ``wait``: the JS server waits on ``wait=0`` as well (measured)."""
    return _at("threads", thread_id, "runs", run_id, "cancel")


RUN_SELECT = ("run_id", "status", "metadata", "created_at")
THREADS_PATH = "/threads"
SEARCH_PATH = "/threads/search"
ASSISTANTS_PATH = "/assistants/search"
INFO_PATH = "/info"
OK_PATH = "/ok"


def schemas_path(assistant_id: str) -> str:
    return _at("assistants", assistant_id, "schemas")


def search_body(offset: int, limit: int, *, select: bool) -> dict[str, Json]:
    """``select`` leaves the values of the threads out; servers that do not know it may refuse or ignore it."""
    body: dict[str, Json] = {"limit": limit, "offset": offset, "sort_by": "updated_at", "sort_order": "desc"}
    if select:
        body["select"] = list(SELECT)
    return body


def mark_body(thread_id: str) -> dict[str, Json]:
    """What tells that one thread has changed, and nothing else."""
    return {"ids": [thread_id], "limit": 1, "select": ["thread_id", "status", "state_updated_at"]}


def thread_body(dialect: Dialect, thread_id: str, *, title: str = "", updated: float = 0.0) -> dict[str, Json]:
    """Makes the thread, or leaves the one that is there as it is."""
    metadata: dict[str, Json] = {OWNER_KEY: dialect.user_id}
    if dialect.graph_id:
        metadata["graph_id"] = dialect.graph_id
    if title:
        metadata["thread_title"] = title
    if updated:
        metadata[UPDATED_KEY] = updated
    if dialect.shape is InputShape.OPEN_CANVAS:
        metadata[OPEN_CANVAS_OWNER] = dialect.user_id
    return {"thread_id": thread_id, "if_exists": "do_nothing", "metadata": metadata}


def title_body(title: str) -> dict[str, Json]:
    return {"metadata": {"thread_title": title}}


def run_body(dialect: Dialect, effect: CreateRun, checkpoint: dict[str, Json] | None = None) -> dict[str, Json]:
    """Resumable and detached: the run outlives every connection, and its key finds it again if this answer is lost.

    ``checkpoint``: where it goes on from, if not from the thread's newest.
    """
    body: dict[str, Json] = {
        "assistant_id": dialect.assistant_id,
        "stream_mode": list(STREAM_MODES),
        "stream_resumable": True,
        "on_disconnect": "continue",
        "multitask_strategy": "interrupt" if effect.interrupt else "enqueue",
        "metadata": {SUBMIT_KEY: effect.submit_id},
    }
    if dialect.kind is not ServerKind.JS:
        # Tokens of models in subgraphs come only so; on the JS server it would rename the root's events too (measured).
        body["stream_subgraphs"] = True
    if checkpoint is not None:
        body["checkpoint"] = checkpoint
    if effect.heads:
        body["metadata"][HEADS_KEY] = list(effect.heads)
    configurable = _configurable(dialect)
    if configurable:
        body["config"] = {"configurable": configurable}
    payload = effect.payload
    if isinstance(payload, SendMessage):
        body["input"] = dialect.shape.input(payload)
    elif isinstance(payload, SendAnswers):
        body["command"] = {"resume": _resume(payload)}
    else:
        body["input"] = None
    return body


def save_body(effect: PostArtifact, checkpoint: dict[str, Json] | None = None) -> dict[str, Json]:
    """For `state_path`."""
    body: dict[str, Json] = {"values": {"artifact": artifact_json(effect.artifact)}}
    if effect.node:
        body["as_node"] = effect.node
    if checkpoint is not None:
        body["checkpoint"] = checkpoint
    return body


def saved_at(answer: Json) -> str:
    """The id of the checkpoint that POST …/state has made."""
    told = mapping(answer)
    return text(mapping(told.get("checkpoint")).get("checkpoint_id")) or text(mapping(told.get("configurable")).get("checkpoint_id"))


def _resume(payload: SendAnswers) -> Json:
    """A single interrupt takes its bare value, several take a map by id."""
    if len(payload.answers) == 1:
        return payload.answers[0][1]
    return dict(payload.answers)


def _configurable(dialect: Dialect) -> dict[str, Json]:
    given = dict(dialect.model_config)
    if dialect.shape is InputShape.OPEN_CANVAS:
        return {"customModelName": DEFAULT_MODEL, OPEN_CANVAS_OWNER: dialect.user_id, **given}
    return given


DEFAULT_MODEL = "gpt-4.1-mini"
"""Open Canvas refuses a run without ``customModelName``."""
