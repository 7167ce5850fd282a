"""The transcript's entries in their order, and the rows that they stand on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from canvas_tui.core.model import Interrupt, Message, Notice, Role, Session
from canvas_tui.core.notices import words

from .transcript_entries import AgentEntry, Entry, HumanEntry, NoticeEntry, OtherEntry, QuestionEntry, ValuesEntry
from .transcript_parts import Context


@dataclass(frozen=True, slots=True)
class Place:
    """A row: of which entry, and which of its lines (negative: the gap before it)."""

    index: int
    line: int


class Column:
    """Entries are made anew only where the session's objects are new; heights of what was never seen are estimates."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._known: dict[str, Entry] = {}
        self._settled: list[Entry] = []
        self._settled_of: tuple[object, ...] = ()
        self._results: dict[str, Message] = {}
        self._calls: set[str] = set()
        self._anchors: set[str] = set()  # ids of the history's messages
        self._tops: list[int] = [0]
        self._clean = 0  # entries whose tops are right

    # -- from the session --------------------------------------------------------------------------------------------

    def take(self, session: Session, now: float, width: int) -> None:
        """Follow the session."""
        after: dict[str, list[Notice]] = {}
        for notice in session.notices:
            after.setdefault(notice.after, []).append(notice)
        seen: set[str] = set()
        making = _Making(self, session, now, width, after, seen)
        parts = (session.history, session.notices, session.state.values_text)
        if any(new is not old for new, old in zip(parts, self._settled_of or (None,) * 3, strict=True)):
            self._read_history(session)
            self._settled = [*making.values(), *making.messages(session.history)]
            self._settled_of = parts
        else:
            seen.update(entry.key for entry in self._settled)
            making.tick(self._settled)
        rest = [
            *making.messages(session.live),
            *making.questions(session.interrupts),
            *making.messages(outgoing.message for outgoing in session.queue),
            *making.notices_of(
                notice for name in after if name not in making.named and name not in self._anchors for notice in after[name]
            ),
        ]
        entries = self._settled + rest
        first = next((i for i, (new, old) in enumerate(zip(entries, self.entries, strict=False)) if new is not old), None)
        self.entries = entries
        self._known = {entry.key: entry for entry in entries} if len(entries) != len(self._known) or first is not None else self._known
        self.touch(min(len(self._settled) if first is None else first, making.lowest, len(entries)))

    def _read_history(self, session: Session) -> None:
        self._results = {m.tool_call_id: m for m in session.history if m.role is Role.TOOL and m.tool_call_id}
        self._calls = {call.id for m in session.history for call in m.tool_calls}
        self._anchors = {m.id for m in session.history}

    # -- rows ----------------------------------------------------------------------------------------------------------

    def touch(self, index: int) -> None:
        """The heights from this entry on may have changed."""
        self._clean = min(self._clean, index)

    def _gap(self, index: int) -> int:
        entry = self.entries[index]
        if entry.height == 0 or index == 0:
            return 0
        return 0 if entry.close and self.entries[index - 1].close else 1

    def _sum(self) -> list[int]:
        count = len(self.entries)
        if self._clean < count or len(self._tops) != count + 1:
            tops = self._tops[: self._clean + 1]
            row = tops[-1]
            for index in range(self._clean, count):
                row += self._gap(index) + self.entries[index].height
                tops.append(row)
            self._tops, self._clean = tops, count
        return self._tops

    @property
    def height(self) -> int:
        return self._sum()[-1]

    def row(self, place: Place) -> int:
        """The row on which a place stands (the nearest, where its entry is shorter now)."""
        if place.index >= len(self.entries):
            return self.height
        gap, tops = self._gap(place.index), self._sum()
        return tops[place.index] + gap + max(-gap, min(place.line, self.entries[place.index].height - 1))

    def place(self, row: int) -> Place:
        tops = self._sum()
        index = min(max(0, bisect_right(tops, row) - 1), len(self.entries) - 1)
        while index > 0 and self.entries[index].height == 0:
            index -= 1
        return Place(index, row - tops[index] - self._gap(index)) if index >= 0 else Place(0, 0)

    def span(self, top: int, bottom: int) -> range:
        """The entries that stand on rows ``top`` to ``bottom`` (exclusive)."""
        if not self.entries or bottom <= top:
            return range(0)
        tops = self._sum()
        first = max(0, bisect_right(tops, top) - 1)
        last = max(first, bisect_right(tops, bottom - 1) - 1)
        return range(min(first, len(self.entries) - 1), min(last, len(self.entries) - 1) + 1)

    def render(self, index: int, context: Context) -> None:
        entry = self.entries[index]
        before = entry.height
        entry.render(context)
        if entry.height != before:
            self.touch(index)

    def resize(self, width: int) -> None:
        """Everything is to be rendered anew, at this width."""
        for entry in self.entries:
            if entry.lines is None:
                entry.height = entry.estimate(width)
            entry.stale()
        self.touch(0)

    def find(self, key: str) -> int | None:
        """The index of the entry of which ``key`` is, or is a part."""
        name = key.split("/", 1)[0]
        return next((i for i in range(len(self.entries) - 1, -1, -1) if self.entries[i].key == name), None)


class _Making:
    """Makes, or finds again, the entries of one session."""

    def __init__(self, column: Column, session: Session, now: float, width: int, after: dict[str, list[Notice]], seen: set[str]) -> None:
        self._column = column
        self._known = column._known
        self._session = session
        self._now = now
        self._width = width
        self._after = after
        self._seen = seen
        self.named: set[str] = set()  # ids of messages met
        self.lowest = 1 << 60  # index of a settled entry that changed its words

    def messages(self, messages: Iterable[Message]) -> Iterator[Entry]:
        column = self._column
        messages = list(messages)
        results = {m.tool_call_id: m for m in messages if m.role is Role.TOOL and m.tool_call_id}
        results = {**column._results, **results} if results else column._results
        calls = column._calls | {call.id for m in messages for call in m.tool_calls}
        for message in messages:
            merged = message.role is Role.TOOL and message.tool_call_id in calls
            if not message.hidden and not merged:
                yield self._message(message, results)
            self.named.add(message.id)
            if message.id in self._after:
                yield from self.notices_of(self._after[message.id])

    def _message(self, message: Message, results: dict[str, Message]) -> Entry:
        key = self._key("m:" + message.id)
        known = self._known.get(key)
        if message.role is Role.AI:
            mine = {call.id: results[call.id] for call in message.tool_calls if call.id in results}
            if not isinstance(known, AgentEntry):
                return self._new(AgentEntry(key, message, mine))
            if known.message is not message or any(known.results.get(name) is not result for name, result in mine.items()):
                if known.message != message or known.results != mine:
                    known.change(message, mine)
                else:
                    known.message = message
            return known
        kind = HumanEntry if message.role is Role.HUMAN else OtherEntry
        if isinstance(known, kind):
            if known.message != message:
                known.stale()
            known.message = message
            return known
        return self._new(kind(key, message))

    def notices_of(self, notices: Iterable[Notice]) -> Iterator[Entry]:
        for notice in notices:
            key = self._key(f"n:{notice.id}")
            known = self._known.get(key)
            if isinstance(known, NoticeEntry):
                known.notice = notice
                known.tick(words(notice, self._session, self._now))
                yield known
            else:
                yield self._new(NoticeEntry(key, notice, words(notice, self._session, self._now)))

    def tick(self, entries: list[Entry]) -> None:
        """Open notices among settled entries count on."""
        for index, entry in enumerate(entries):
            if isinstance(entry, NoticeEntry) and entry.notice.until is None and entry.tick(words(entry.notice, self._session, self._now)):
                self.lowest = min(self.lowest, index)

    def questions(self, interrupts: Iterable[Interrupt]) -> Iterator[Entry]:
        for interrupt in interrupts:
            key = self._key("q:" + interrupt.id)
            known = self._known.get(key)
            yield known if isinstance(known, QuestionEntry) and known.interrupt == interrupt else self._new(QuestionEntry(key, interrupt))

    def values(self) -> Iterator[Entry]:
        state = self._session.state
        if not state.has_messages and state.values_text:
            yield self._new(ValuesEntry(self._key("v:"), state.values_text))

    def _new(self, entry: Entry) -> Entry:
        entry.height = entry.estimate(self._width)
        return entry

    def _key(self, key: str) -> str:
        key = key.replace("/", "\\")  # a slash parts the entry's key from what is in it
        while key in self._seen:
            key += "+"
        self._seen.add(key)
        return key
