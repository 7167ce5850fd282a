"""What the backend asks of a server, each as one call that answers with core values or raises `RequestFailed`."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from canvas_tui.core.effects import CreateRun
from canvas_tui.core.inputs import ThreadRead
from canvas_tui.core.model import Failure, FailureKind, Json, RunInfo, RunStatus, ServerKind, ThreadState
from canvas_tui.wire import history, requests, state
from canvas_tui.wire.jsontext import items, mapping, text
from canvas_tui.wire.shape import InputShape

from .client import Answer, Client, server_time
from .failed import RequestFailed

RUNS = 20
"""Runs of a thread that are looked through, newest first."""


class Api:
    def __init__(self, client: Client, dialect: requests.Dialect) -> None:
        self.client = client
        self.dialect = dialect
        self._slim = dialect.kind is ServerKind.PYTHON  # the others know of no such choice
        self._selects = True  # which fields of a thread the search brings
        self._marks = self._slim  # it tells by a small request whether a thread has changed

    # -- threads

    async def read_thread(self, thread_id: str) -> ThreadRead:
        """The runs first: whatever has ended by then is in the state that is read after them."""
        try:
            runs = await self._told_runs(thread_id)
            row, snapshot = await asyncio.gather(
                self.client.get(requests.thread_path(thread_id)), self.client.get(requests.state_path(thread_id))
            )
        except RequestFailed as failed:
            if failed.failure.kind is FailureKind.MISSING:
                return ThreadRead(ThreadState(exists=False))
            raise
        found = await asyncio.to_thread(state.read_thread_state, row.value, snapshot.value)
        heads, left = history.ends(runs, snapshot.value)
        return ThreadRead(found, state.active_run(runs), heads, left)

    async def make_thread(self, thread_id: str, *, title: str = "", updated: float = 0.0) -> None:
        """Make the thread, or leave the one that is there."""
        await self.client.post(requests.THREADS_PATH, requests.thread_body(self.dialect, thread_id, title=title, updated=updated))

    async def thread_page(self, offset: int, limit: int) -> list[Json]:
        try:
            found = (await self.client.post(requests.SEARCH_PATH, requests.search_body(offset, limit, select=self._selects))).value
        except RequestFailed as failed:
            if not self._selects or failed.failure.kind is not FailureKind.REJECTED:
                raise
            self._selects = False  # this server does not know it
            return await self.thread_page(offset, limit)
        if not isinstance(found, list):
            raise RequestFailed(Failure(FailureKind.STRANGE, detail=str(found)[:200]))
        return found

    async def rename_thread(self, thread_id: str, title: str) -> None:
        await self.client.request("PATCH", requests.thread_path(thread_id), requests.title_body(title))

    async def delete_thread(self, thread_id: str) -> None:
        try:
            await self.client.request("DELETE", requests.thread_path(thread_id))
        except RequestFailed as failed:
            if failed.failure.kind is not FailureKind.MISSING:
                raise

    async def thread_row(self, thread_id: str) -> Json:
        return (await self.client.get(requests.thread_path(thread_id))).value

    async def mark(self, thread_id: str) -> str:
        """Another one with every change of the thread, by a run or by hand (a request of 0.1 kB). Empty where this server does not tell
        it without the thread's values."""
        if not self._marks:
            return ""
        try:
            found = (await self.client.post(requests.SEARCH_PATH, requests.mark_body(thread_id))).value
        except RequestFailed as failed:
            if failed.failure.kind is not FailureKind.REJECTED:
                raise
            self._marks = False  # this server does not know the choice
            return ""
        row = next((row for item in items(found) if (row := mapping(item)).get("thread_id") == thread_id), {})
        self._marks = not row or bool(state.mark(row))
        return state.mark(row)

    # -- runs

    async def create_run(self, thread_id: str, effect: CreateRun, checkpoint_id: str = "") -> str:
        """POST the run, once. The run's id. ``checkpoint_id``: where it goes on from, if not from the newest."""
        checkpoint = history.checkpoint_json(thread_id, checkpoint_id) if checkpoint_id else None
        answer = await self.client.post(requests.runs_path(thread_id), requests.run_body(self.dialect, effect, checkpoint))
        return text(mapping(answer.value).get("run_id")) or _named_in_headers(answer)

    async def find_run(self, thread_id: str, submit_id: str) -> RunInfo | None:
        try:
            return state.run_by_key(await self._runs(thread_id, limit=100), submit_id)
        except RequestFailed as failed:
            if failed.failure.kind is FailureKind.MISSING:
                return None
            raise

    async def read_run(self, thread_id: str, run_id: str) -> RunInfo:
        """With its place in the thread's queue while it waits, and the reason where it failed."""
        answer = await self.client.get(requests.run_path(thread_id, run_id))
        run = state.read_run(answer.value, server_time(answer.headers))
        if run.id != run_id:
            raise RequestFailed(Failure(FailureKind.STRANGE, detail="the answer names another run", sent=True))
        if run.status is RunStatus.PENDING:
            return replace(run, ahead=state.ahead_of(run_id, await self._runs(thread_id)))
        if run.status is RunStatus.ERROR and not run.error:
            row = mapping(await self.thread_row(thread_id))
            return replace(run, error=state.thread_error(row, {}))
        return run

    async def newest_run(self, thread_id: str) -> RunInfo | None:
        return next(iter(await self._runs(thread_id, limit=1)), None)

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """A run that is over already (404, 409) needs no cancelling."""
        try:
            await self.client.post(requests.cancel_path(thread_id, run_id), {})
        except RequestFailed as failed:
            if failed.failure.kind not in (FailureKind.MISSING, FailureKind.BUSY):
                raise

    async def _told_runs(self, thread_id: str) -> tuple[RunInfo, ...]:
        """With what others' runs were started with: whether they forked, and the one that is on, what it writes."""
        runs = await self._runs(thread_id)
        if self._slim and any(not run.submit_id for run in runs):
            return await self._runs(thread_id, slim=False)
        active = state.active_run(runs)
        if self._slim and active is not None and self.dialect.shape is InputShape.OPEN_CANVAS:
            full = state.read_run((await self.client.get(requests.run_path(thread_id, active.id))).value)
            return tuple(replace(run, sent=full.sent) if run.id == full.id else run for run in runs)
        return runs

    async def _runs(self, thread_id: str, limit: int = RUNS, *, slim: bool = True) -> tuple[RunInfo, ...]:
        """``slim``: without what they were started with, where the server lets us choose: each holds the whole artifact."""
        path: str = requests.runs_path(thread_id)
        params: dict[str, int] = {"limit": limit}
        if not (slim and self._slim):
            answer = await self.client.get(path, params)
            return state.read_runs(answer.value, server_time(answer.headers))
        try:
            answer = await self.client.get(path, {**params, "select": requests.RUN_SELECT})
            return state.read_runs(answer.value, server_time(answer.headers))
        except RequestFailed as failed:
            if failed.failure.kind is not FailureKind.REJECTED or "select" not in failed.failure.detail:
                raise
            self._slim = False  # this server does not know it
            return await self._runs(thread_id, limit)


def _named_in_headers(answer: Answer) -> str:
    """The run's id out of Content-Location; a 2xx that names no run is no LangGraph server's."""
    location = answer.headers.get("content-location", "")
    if "/runs/" in location:
        return location.rpartition("/runs/")[2].partition("/")[0]
    raise RequestFailed(Failure(FailureKind.STRANGE, detail=str(answer.value)[:200], status=answer.status, sent=True))
