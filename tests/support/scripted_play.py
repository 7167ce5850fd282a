"""Plays one script as one execution of a run: steps become events and, at message ends, the thread's state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from canvas_tui.core.model import Json

from . import scripted_steps as steps
from .scripted_artifact import appended, written
from .scripted_http import Sleep
from .scripted_kinds import Kind, chunk, chunk_metadata
from .scripted_store import Names, Run, Stored, Thread


class Stage(Protocol):
    """What playing needs of its server."""

    kind: Kind
    names: Names
    sleep: Sleep

    @property
    def url(self) -> str: ...
    def now(self) -> float: ...
    async def pass_gate(self, name: str) -> None: ...


_WRITING = {steps.Say, steps.Think, steps.CallTool, steps.Pause, steps.Gate, steps.Raw, steps.Fail, steps.StartOver}
"""Steps before which the message being written is not complete: it goes on, or is lost."""


class Halt(Exception):
    """The run ends here with this status."""

    def __init__(self, status: str) -> None:
        self.status = status


class Player:
    """One execution of one run."""

    def __init__(self, stage: Stage, thread: Thread, run: Run) -> None:
        self._stage, self._thread, self._run = stage, thread, run
        self._node, self._step = "agent", 1
        self._open: dict[str, Any] | None = None  # the message being written
        self._handlers: dict[type, Callable[[Any], Awaitable[None]]] = {
            steps.Say: self._say,
            steps.Think: self._think,
            steps.Whole: self._whole,
            steps.Pause: self._pause,
            steps.Gate: self._gate,
            steps.CallTool: self._call_tool,
            steps.ToolResult: self._tool_result,
            steps.Ask: self._ask,
            steps.Breakpoint: self._breakpoint,
            steps.Fail: self._fail,
            steps.Emit: self._emit_custom,
            steps.Node: self._enter,
            steps.Write: self._write,
            steps.SetState: self._set_state,
            steps.Raw: self._raw,
            steps.StartOver: self._start_over,
        }

    async def play(self, script: Sequence[steps.Step]) -> None:
        """Ends with the run finished, whatever happens."""
        self._run.status = "running"
        self._thread.rest, self._thread.next, self._thread.interrupts, self._thread.error = (), [], [], ""
        try:
            self._metadata()
            self._values()
            for index, step in enumerate(script):
                self._thread.rest = script[index + 1 :]
                if type(step) not in _WRITING:
                    self._close()
                await self._handlers[type(step)](step)
            self._close()
            self._thread.rest = ()
            self._finish("success")
        except Halt as halt:
            self._finish(halt.status)
        except asyncio.CancelledError:
            if self._stage.kind.name == "js":
                self._error("Error", "Aborted")
            self._finish("error" if self._stage.kind.name == "js" else "interrupted")
            raise

    def _finish(self, status: str) -> None:
        self._thread.updated = self._stage.names.time()
        if self._stage.kind.end_event:
            self._emit("end", {"status": "success"})
        self._run.finish(status)

    # -- events

    def _emit(self, name: str, data: Json, text: str = "") -> None:
        self._run.append(Stored(name, self._stage.kind.dump(data), text))

    def _wants(self, mode: str) -> bool:
        return mode in self._run.modes

    def _metadata(self) -> None:
        self._run.attempts += 1
        self._emit("metadata", {"run_id": self._run.id, "attempt": 1})

    def _values(self) -> None:
        if self._wants("values"):
            self._emit("values", self._thread.values)

    def _message(self, data: dict[str, Json], text: str = "", name: str = "") -> None:
        if self._wants("messages-tuple"):
            about = chunk_metadata(
                self._stage.kind,
                run=self._run.id,
                thread=self._thread.id,
                node=self._node,
                step=self._step,
                url=self._stage.url,
                name=name,
            )
            self._emit("messages", [data, about], text)

    def _error(self, error: str, message: str) -> None:
        self._run.error = self._thread.error = message
        self._emit("error", {"error": error, "message": message})

    def _update(self, node: str, messages: list[dict[str, Json]]) -> None:
        self._thread.merge(messages)
        self._step += 1
        if self._wants("updates"):
            self._emit("updates", {node: {"messages": messages}})
        self._values()

    # -- the message being written

    def _message_open(self) -> dict[str, Any]:
        if self._open is None:
            self._open = {"id": f"lc_run--{self._stage.names.uuid()}", "text": [], "thinking": [], "calls": [], "reasoning": False}
        return self._open

    def _close(self) -> None:
        """The message is complete: the model's last chunk, then the node's update."""
        message, self._open = self._open, None
        if message is None:
            return
        text, thinking = "".join(message["text"]), "".join(message["thinking"])
        usage = {"input_tokens": 5, "output_tokens": len(message["text"]), "total_tokens": 5 + len(message["text"])}
        kind = self._stage.kind
        if kind.name == "js":
            self._message(chunk(kind, message["id"], usage_metadata=usage))
        else:
            # measured: the last chunk is empty and carries an id of its own
            last = chunk(kind, message["id"], usage_metadata=usage, response_metadata={"finish_reason": "stop", "model_name": "scripted"})
            self._message(last)
            self._message(chunk(kind, f"lc_run--{self._run.id}", chunk_position="last"))
        blocks: Json = text
        extra: dict[str, Json] = {}
        if thinking and message["reasoning"]:
            extra = {"reasoning_content": thinking}
        elif thinking:
            blocks = [{"type": "thinking", "thinking": thinking, "index": 0}, {"type": "text", "text": text, "index": 1}]
        whole = {
            "content": blocks,
            "additional_kwargs": extra,
            "response_metadata": {"finish_reason": "stop", "model_name": "scripted"},
            "type": "ai",
            "name": None,
            "id": message["id"],
            "tool_calls": message["calls"],
            "invalid_tool_calls": [],
            "usage_metadata": usage,
        }
        self._update(self._node, [whole])

    # -- steps

    async def _say(self, step: steps.Say) -> None:
        message = self._message_open()
        start = self._stage.now()
        for index, piece in enumerate(step.pieces):
            await self._due(start, index, step.rate, 16)
            message["text"].append(piece)
            content: Json = [{"type": "text", "text": piece, "index": 1}] if message["thinking"] and not message["reasoning"] else piece
            self._message(chunk(self._stage.kind, message["id"], content=content), piece)

    async def _due(self, start: float, index: int, rate: float, burst: int = 1) -> None:
        """Until it is this piece's turn; of those that come as fast as they go, others have theirs after each ``burst``."""
        if not rate:
            if index % burst == 0:
                await asyncio.sleep(0)
        elif (late := start + index / rate - self._stage.now()) > 0:
            await self._stage.sleep(late)

    async def _think(self, step: steps.Think) -> None:
        message = self._message_open()
        message["reasoning"] = step.reasoning
        for piece in step.pieces:
            await asyncio.sleep(0)
            message["thinking"].append(piece)
            if step.reasoning:
                fields: dict[str, Json] = {"additional_kwargs": {"reasoning_content": piece}}
            else:
                fields = {"content": [{"type": "thinking", "thinking": piece, "index": 0}]}
            self._message(chunk(self._stage.kind, message["id"], **fields))

    async def _whole(self, step: steps.Whole) -> None:
        message: dict[str, Json] = {
            "content": step.text,
            "additional_kwargs": {"__oc_hide_from_ui": True} if step.hidden else {},
            "response_metadata": {},
            "type": "ai",
            "name": None,
            "id": f"{step.id}{self._stage.names.uuid()}",
            "tool_calls": [],
            "invalid_tool_calls": [],
            "usage_metadata": None,
        }
        self._message(message, step.text)
        self._update(self._node, [message])

    async def _pause(self, step: steps.Pause) -> None:
        await self._stage.sleep(step.seconds)

    async def _gate(self, step: steps.Gate) -> None:
        await self._stage.pass_gate(step.name)

    async def _call_tool(self, step: steps.CallTool) -> None:
        message = self._message_open()
        raw = json.dumps(dict(step.args))
        size = -(-len(raw) // step.pieces)
        for index, start in enumerate(range(0, len(raw), size)):
            await asyncio.sleep(0)
            first = index == 0
            piece: dict[str, Json] = {
                "name": step.name if first else None,
                "args": raw[start : start + size],
                "id": step.id if first else None,
                "index": len(message["calls"]),
                "type": "tool_call_chunk",
            }
            self._message(chunk(self._stage.kind, message["id"], tool_call_chunks=[piece]))
        message["calls"].append({"name": step.name, "args": dict(step.args), "id": step.id, "type": "tool_call"})

    async def _tool_result(self, step: steps.ToolResult) -> None:
        node, self._node = self._node, "tools"
        message: dict[str, Json] = {
            "content": step.content,
            "additional_kwargs": {},
            "response_metadata": {},
            "type": "tool",
            "name": step.name,
            "id": self._stage.names.uuid(),
            "tool_call_id": step.call_id,
            "artifact": None,
            "status": "error" if step.failed else "success",
        }
        self._message(message)
        self._update("tools", [message])
        self._node = node

    async def _ask(self, step: steps.Ask) -> None:
        asked = [{"value": value, "id": self._stage.names.uuid().replace("-", "")} for value in (step.value, *step.more)]
        self._thread.interrupts, self._thread.next = asked, [self._node]
        for mode in ("updates", "values"):
            if self._wants(mode):
                self._emit(mode, {**(self._thread.values if mode == "values" else {}), "__interrupt__": asked})
        raise Halt("success")

    async def _breakpoint(self, step: steps.Breakpoint) -> None:
        self._thread.next = [self._node]
        if self._wants("updates"):
            self._emit("updates", {"__interrupt__": []})
        raise Halt("success")

    async def _fail(self, step: steps.Fail) -> None:
        self._open = None
        self._thread.next = [self._node]
        self._error(step.error, step.message)
        raise Halt("error")

    async def _emit_custom(self, step: steps.Emit) -> None:
        if self._wants("custom"):
            self._emit("custom", step.value)

    async def _enter(self, step: steps.Node) -> None:
        if self._wants("updates"):
            self._emit("updates", {self._node: None})
        self._node = step.name

    async def _write(self, step: steps.Write) -> None:
        node, self._node = self._node, step.node
        raw, id = written(step), f"lc_run--{self._run.id}-{step.node}-{step.call}"
        began = self._stage.now()
        for start in range(0, len(raw), step.size):
            await self._due(began, start // step.size, step.rate)
            piece = raw[start : start + step.size]
            call: dict[str, Json] = {"name": None, "args": piece, "id": None, "index": 0, "type": "tool_call_chunk"}
            fields: dict[str, Json] = {"tool_call_chunks": [call]} if step.title else {"content": piece}
            self._message(chunk(self._stage.kind, id, **fields), piece, step.call)
        if step.whole is not None:
            await self._set_state(steps.SetState({"artifact": appended(self._thread.values.get("artifact"), step)}))
        self._node = node

    async def _set_state(self, step: steps.SetState) -> None:
        self._thread.values.update(step.values)
        if self._wants("updates"):
            self._emit("updates", {self._node: dict(step.values)})
        self._values()

    async def _raw(self, step: steps.Raw) -> None:
        self._run.append(Stored(step.event, step.data))

    async def _start_over(self, step: steps.StartOver) -> None:
        self._open = None
        self._metadata()
