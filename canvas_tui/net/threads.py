"""The list of threads: pages of the server's rows that are the user's, with what is known here laid over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from canvas_tui.core.model import Session, ThreadList, ThreadRow
from canvas_tui.core.ports import Journal
from canvas_tui.core.titles import title_of
from canvas_tui.core.troubles import describe
from canvas_tui.wire.rows import Owner, is_ours, read_row
from canvas_tui.wire.shape import InputShape

from .failed import RequestFailed
from .server import ServerLink
from .tasks import Tasks

if TYPE_CHECKING:
    from .api import Api

PAGE = 100
"""Threads asked for at once; not all of them are the user's."""
SHOWN = 40
"""Rows that a page of the list should at least bring."""
SEARCHED = 1000
"""Threads that a search looks through."""
UNDO = 8.0
"""Seconds in which a deletion can be taken back."""
UNTITLED = "Untitled"
NEW = "New thread"
_TITLED_AT_ONCE = 30
_TYPED = 500
"""Characters of what is typed that are looked at for a title."""
_SAME = 0.5


class Threads:
    """
    Args:
        sessions: the open sessions by thread id.
        draft: what is typed in a thread.
        changed: called when `listing` would answer differently.
        gone: called with a thread that has been deleted for good.
    """

    def __init__(
        self,
        server: ServerLink,
        journal: Journal,
        user_id: str,
        *,
        sessions: Callable[[], dict[str, Session]],
        draft: Callable[[str], str],
        wall: Callable[[], float],
        changed: Callable[[], None],
        gone: Callable[[str], None],
    ) -> None:
        self.current = ""
        self._server = server
        self._journal = journal
        self._user_id = user_id
        self._sessions = sessions
        self._draft = draft
        self._wall = wall
        self._changed = changed
        self._gone = gone
        self._rows: dict[str, ThreadRow] = {}  # the server's; until it has told any, those that were saved here
        self._told = False
        self._mine: dict[str, ThreadRow] = {}  # made here, not yet listed by the server
        self._titles: dict[str, str] = {}  # found out for threads without one
        self._seen: dict[str, float] = {}
        self._marked: dict[str, float] = {}  # what the journal has of it
        self._state = ThreadList()
        self._taken = 0  # threads of the server looked through
        self._again = False
        self._fetching: asyncio.Task[None] | None = None
        self._tasks = Tasks()
        self._deleting: tuple[ThreadRow, asyncio.TimerHandle] | None = None

    # -- reading

    def listing(self) -> ThreadList:
        sessions = self._sessions()
        hidden = self._deleting[0].id if self._deleting else ""
        query = self._state.query.casefold().split()
        rows = [self._laid_over(row, sessions.get(row.id)) for row in {**self._mine, **self._rows}.values() if row.id != hidden]
        opened = next((row for row in rows if row.id == self.current), None)
        rows = [row for row in rows if all(word in row.title.casefold() for word in query)]
        rows.sort(key=lambda row: row.updated, reverse=True)
        saved_at = 0.0 if self._told else max((row.updated for row in self._rows.values()), default=0.0)
        undo = self._deleting[0] if self._deleting else None
        return replace(self._state, rows=tuple(rows), undo=undo, opened=opened, saved_at=saved_at)

    def title(self, thread_id: str) -> str:
        row = self._rows.get(thread_id) or self._mine.get(thread_id)
        return row.title if row is not None and not row.draft else ""

    def updated(self, thread_id: str) -> float:
        """Epoch seconds of the thread's last change as far as it is known."""
        row = self._rows.get(thread_id) or self._mine.get(thread_id)
        return row.updated if row is not None else self._wall()

    def unfollowed_runs(self) -> bool:
        """Whether the list shows a run that nobody here follows."""
        sessions = self._sessions()
        return any(row.running and not (row.id in sessions and sessions[row.id].active) for row in self._rows.values())

    def _laid_over(self, row: ThreadRow, session: Session | None) -> ThreadRow:
        seen = self._seen.get(row.id)
        unread = row.id != self.current and seen is not None and row.updated > seen + _SAME
        typed = title_of(self._draft(row.id)[:_TYPED]) if row.draft and row.title == NEW else ""
        title = typed or row.title or self._titles.get(row.id) or UNTITLED
        if session is None or not (session.loaded or session.active):
            return replace(row, title=title, unread=unread)
        running = session.active and not (session.run is not None and session.run.status.over)
        return replace(
            row,
            title=title,
            unread=unread,
            running=running,
            waiting=bool(session.interrupts) and not session.active,
            failed=row.failed and not running,
        )

    # -- what is known here

    async def recall(self) -> None:
        """What the journal knows of threads that were read, and of those that were begun and never sent."""
        self._marked = dict(await self._journal.seen(self._server.key))
        self._seen.update(self._marked)
        for id, typed_at in (await self._journal.begun(self._server.key)).items():
            self._mine.setdefault(id, ThreadRow(id, NEW, typed_at, draft=True))
        saved = await self._journal.cached_threads(self._server.key)
        if not self._told:
            self._rows = {row.id: ThreadRow(row.id, row.title, row.updated) for row in saved} | self._rows
        self._changed()

    def add_draft(self, thread_id: str) -> None:
        self._drop_empty()
        self._mine[thread_id] = ThreadRow(thread_id, NEW, self._wall(), draft=True)
        self._changed()

    def is_draft(self, thread_id: str) -> bool:
        """Of the thread nothing was sent yet."""
        row = self._mine.get(thread_id)
        return row is not None and row.draft

    def typed(self, thread_id: str) -> None:
        if self.is_draft(thread_id):
            self._changed()

    def _drop_empty(self) -> None:
        """A thread of which nothing was sent is listed while it is open, and as long as something is typed in it."""
        self._mine = {id: row for id, row in self._mine.items() if not row.draft or id == self.current or self._draft(id)}

    def submitted(self, thread_id: str, title: str) -> None:
        """A message was sent: the thread is a real one, and the newest."""
        row = self._rows.get(thread_id) or self._mine.get(thread_id)
        now = self._wall()
        if row is None or (row.draft and row.title == NEW):
            row = ThreadRow(thread_id, title, now)
        row = replace(row, updated=now, draft=False)
        if thread_id in self._rows:
            self._rows[thread_id] = row
        else:
            self._mine[thread_id] = row
        self._changed()

    def read(self, thread_id: str) -> None:
        """The user looks at the thread."""
        self.current = thread_id
        self._drop_empty()
        self._mark_seen(thread_id)
        self._changed()

    def _mark_seen(self, thread_id: str) -> None:
        row = self._rows.get(thread_id)
        if row is not None and self._marked.get(thread_id) != row.updated:
            self._seen[thread_id] = self._marked[thread_id] = row.updated
            self._journal.set_seen(self._server.key, thread_id, row.updated)

    # -- the server's rows

    def refresh(self) -> None:
        """Read the list again, as far as it had been loaded."""
        if self._fetching is not None and not self._fetching.done():
            self._again = True
            return
        self._fetching = self._tasks.spawn(self._fetch(fresh=True))

    def more(self) -> None:
        if self._state.more and not self._state.loading:
            self._fetching = self._tasks.spawn(self._fetch(fresh=False))

    def search(self, query: str) -> None:
        self._state = replace(self._state, query=query)
        self._changed()
        if query.strip() and self._state.more and not self._state.loading:
            self._fetching = self._tasks.spawn(self._fetch(fresh=False))

    async def _fetch(self, *, fresh: bool) -> None:
        self._set(loading=True)
        try:
            await self._load(await self._server.api(), fresh)
            self._set(problem="")
        except RequestFailed as failed:
            self._server.suspect(failed.failure)
            self._set(problem=f"The threads could not be listed: {describe(failed.failure)}.")
        finally:
            self._set(loading=False)
        if self._again:
            self._again = False
            self._fetching = self._tasks.spawn(self._fetch(fresh=True))

    async def _load(self, api: Api, fresh: bool) -> None:
        owner = Owner({self._user_id}, {api.dialect.graph_id})
        rows = {} if fresh else dict(self._rows)
        offset, least = (0, self._taken) if fresh else (self._taken, 0)
        target, more = (0 if fresh else len(rows)) + SHOWN, True
        while more and (len(rows) < target or offset < least or (self._state.query.strip() and offset < SEARCHED)):
            page = await api.thread_page(offset, PAGE)
            for thread in page:
                row = read_row(thread) if is_ours(thread, owner) else None
                if row is not None:
                    rows[row.id] = row
            offset += len(page)
            more = len(page) >= PAGE
        self._taken = offset
        if more:
            self._keep_open(rows)
        self._take(rows)
        self._set(more=more)
        self._tasks.spawn(
            self._find_titles(api, [id for id, row in rows.items() if not row.title and id not in self._titles][:_TITLED_AT_ONCE])
        )

    def _keep_open(self, rows: dict[str, ThreadRow]) -> None:
        """The list reaches not as far as a thread that is open here, or whose run is followed: its row stays, or is asked for."""
        for id in {self.current, *(id for id, session in self._sessions().items() if session.active)} - {"", *rows, *self._mine}:
            if id in self._rows:
                rows[id] = self._rows[id]
            self._tasks.spawn(self.refresh_row(id))

    def _take(self, rows: dict[str, ThreadRow]) -> None:
        self._rows, self._told = rows, True
        for id, row in rows.items():
            self._seen.setdefault(id, row.updated)
            self._mine.pop(id, None)
        self._mark_seen(self.current)

    async def _find_titles(self, api: Api, ids: list[str]) -> None:
        """Titles out of first messages, one after the other and quietly."""
        for id in ids:
            try:
                row = read_row(await api.thread_row(id))
            except RequestFailed:
                return
            if row is not None and row.title:
                self._titles[id] = row.title
                self._changed()

    async def refresh_row(self, thread_id: str) -> None:
        """One thread anew: its run has ended, or its title may have been made."""
        try:
            api = await self._server.api()
            row = read_row(await api.thread_row(thread_id))
        except RequestFailed:
            return
        if row is None:
            return
        known = self._rows.get(thread_id) or self._mine.pop(thread_id, None)
        if not row.title and known is not None:
            row = replace(row, title=known.title)
        self._seen.setdefault(thread_id, known.updated - 1 if known is not None else 0.0)
        self._rows[thread_id] = row
        if thread_id == self.current:
            self._mark_seen(thread_id)
        self._changed()

    # -- changing

    def rename(self, thread_id: str, title: str) -> None:
        for rows in (self._rows, self._mine):
            if thread_id in rows:
                rows[thread_id] = replace(rows[thread_id], title=title)
        self._changed()
        if thread_id in self._rows or not self._mine.get(thread_id, ThreadRow("", "", 0.0, draft=True)).draft:
            self._tasks.spawn(self._try(lambda api: api.rename_thread(thread_id, title), "The thread could not be renamed"))

    def delete(self, thread_id: str) -> None:
        row = self._rows.get(thread_id) or self._mine.get(thread_id)
        if row is None:
            return
        self._delete_now()
        timer = asyncio.get_running_loop().call_later(UNDO, self._delete_now)
        self._deleting = (self._laid_over(row, None), timer)
        self._changed()

    def undo_delete(self) -> None:
        if self._deleting is not None:
            self._deleting[1].cancel()
            self._deleting = None
            self._changed()

    def _delete_now(self) -> None:
        """The time for undo is over."""
        if self._deleting is None:
            return
        row, timer = self._deleting
        timer.cancel()
        self._deleting = None
        if self._mine.pop(row.id, row).draft:
            self._forget(row.id)
        else:
            self._tasks.spawn(self._delete(row))
        self._changed()

    async def _delete(self, row: ThreadRow) -> None:
        kept = self._rows.pop(row.id, row)
        if await self._try(lambda api: api.delete_thread(row.id), "The thread could not be deleted"):
            self._forget(row.id)
        else:
            self._rows[row.id] = kept
            self._changed()

    async def delete_for_good(self, thread_id: str) -> None:
        """Raises:
        RequestFailed: it is not there, or the server does not let us.
        """
        api = await self._server.api()
        await api.thread_row(thread_id)
        await api.delete_thread(thread_id)
        self._rows.pop(thread_id, None)
        self._gone(thread_id)
        await self._journal.forget_thread(self._server.key, thread_id)
        self._changed()

    def _forget(self, thread_id: str) -> None:
        self._gone(thread_id)
        self._tasks.spawn(self._journal.forget_thread(self._server.key, thread_id))

    async def _try(self, work: Callable[[Api], Coroutine[Any, Any, None]], what: str) -> bool:
        try:
            await work(await self._server.api())
        except RequestFailed as failed:
            self._server.suspect(failed.failure)
            self._set(problem=f"{what}: {describe(failed.failure)}.")
            return False
        return True

    # -- life

    async def close(self) -> None:
        """A deletion that waits for its time is carried out now."""
        deleting = self._deleting is not None and self._server.is_up
        if deleting:
            self._delete_now()
        elif self._deleting is not None:
            self._deleting[1].cancel()
        if deleting:
            await self._tasks.finished(timeout=3.0)
        self._tasks.cancel()
        await self._tasks.finished()

    def _set(self, **changes: Any) -> None:
        state = replace(self._state, **changes)
        if state != self._state:
            self._state = state
            self._changed()


def titles_itself(api: Api) -> bool:
    """Open Canvas makes a thread's title with a graph of its own, a moment after the run."""
    return api.dialect.shape is InputShape.OPEN_CANVAS
