"""The transcript's entries in their order, and the rows that they stand on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from canvas_tui.core.assemble import apart
from canvas_tui.core.model import Interrupt, Message, Notice, NoticeKind, Role, Session, Standing
from canvas_tui.core.notices import words

from .transcript_entries import AgentEntry, Entry, HumanEntry, NoticeEntry, OtherEntry, QuestionEntry, ValuesEntry
from .transcript_parts import Context

_TELLING = frozenset({NoticeKind.STOPPED, NoticeKind.FAILED, NoticeKind.RESTARTED, NoticeKind.PUSHED_OUT, NoticeKind.LOST})
_LAST = 4  # entries in which something may still come: the answer and what stands below it


@dataclass(frozen=True, slots=True)
class Place:
    """A row: of which entry, and which of its lines (negative: the gap before it)."""

    index: int
    line: int


class Column:
    """Entries are made anew only where the session's objects are new; heights of what was never seen are estimates."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._history = _Part()
        self._rest = _Part()
        self._of: tuple[object, ...] = (None, None, None)  # what the history's entries were made from
        self._facts = _Facts()
        self._tops: list[int] = [0]
        self._clean = 0  # entries whose tops are right

    # -- from the session --------------------------------------------------------------------------------------------

    def take(self, session: Session, now: float, width: int) -> None:
        """Follow the session."""
        known = {**self._history.known, **self._rest.known} if self._of[0] is not session.history else None
        after: dict[str, list[Notice]] = {}
        for notice in session.notices:
            after.setdefault(notice.after, []).append(notice)
        parts = (session.history, session.notices, session.state.values_text)
        count = len(self._history.entries)
        if all(new is old for new, old in zip(parts, self._of, strict=True)):
            lowest = self._tick(session, now)
            same = count
        else:
            if self._of[0] is not session.history:
                self._facts = _Facts.of(session.history)
            making = _Making(known or {**self._history.known, **self._rest.known}, session, now, width, after, self._facts)
            before = self._history.entries
            self._history = _Part.of([*making.values(), *making.messages(session.history)])
            self._of = parts
            same = lowest = _common(self._history.entries, before)
        making = _Making(known or self._rest.known, session, now, width, after, self._facts, self._history.known)
        rest = [
            *making.messages(session.live),
            *making.questions(session.interrupts),
            *making.messages([outgoing.message for outgoing in session.queue]),
        ]
        rest += making.notices_of(
            notice for name in after if name not in making.named and name not in self._facts.ids for notice in after[name]
        )
        old = self.entries[count:]
        self._rest = _Part.of(rest)
        self.entries = self._history.entries + rest
        if same == len(self._history.entries) == count:
            same += _common(rest, old)
        self.touch(min(same, lowest))

    def _tick(self, session: Session, now: float) -> int:
        """Open notices in the history count on; the first entry whose words changed."""
        lowest = len(self._history.entries)
        for index, entry in self._history.notices:
            if entry.notice.until is None and entry.tick(words(entry.notice, session, now)):
                lowest = min(lowest, index)
        return lowest

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
            del self._tops[self._clean + 1 :]
            row = self._tops[-1]
            for index in range(self._clean, count):
                row += self._gap(index) + self.entries[index].height
                self._tops.append(row)
            self._clean = count
        return self._tops

    @property
    def height(self) -> int:
        return self._sum()[-1]

    @property
    def end(self) -> tuple[object, ...]:
        """Differs when something has come at the end. Heights cannot tell: those of what was never seen are estimates."""
        last = self.entries[-_LAST:]
        said = sum(len(entry.source) for entry in last if not isinstance(entry, NoticeEntry))
        return (len(self.entries), last[-1].key if last else "", said)

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


def _common(new: list[Entry], old: list[Entry]) -> int:
    """How many entries at the beginning are the same."""
    return next((i for i, (a, b) in enumerate(zip(new, old, strict=False)) if a is not b), min(len(new), len(old)))


@dataclass(slots=True)
class _Part:
    """Entries with their keys, and the notices among them."""

    entries: list[Entry] = field(default_factory=list)
    known: dict[str, Entry] = field(default_factory=dict)
    notices: list[tuple[int, NoticeEntry]] = field(default_factory=list)

    @classmethod
    def of(cls, entries: list[Entry]) -> _Part:
        notices = [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, NoticeEntry)]
        return cls(entries, {entry.key: entry for entry in entries}, notices)


@dataclass(slots=True)
class _Facts:
    """What later messages need to know of the history's: ids, tool calls, and their results by call."""

    ids: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    results: dict[str, Message] = field(default_factory=dict)

    @classmethod
    def of(cls, messages: Iterable[Message]) -> _Facts:
        facts = cls()
        for message in messages:
            facts.ids.add(message.id)
            facts.calls.update(call.id for call in message.tool_calls)
            if message.role is Role.TOOL and message.tool_call_id:
                facts.results[message.tool_call_id] = message
        return facts


class _Making:
    """Makes, or finds again, the entries of one session."""

    def __init__(
        self,
        known: Mapping[str, Entry],
        session: Session,
        now: float,
        width: int,
        after: Mapping[str, list[Notice]],
        facts: _Facts,
        taken: Mapping[str, Entry] | None = None,
    ) -> None:
        self._known = known
        self._session = session
        self._now = now
        self._width = width
        self._after = after
        self._facts = facts  # of the history
        self._taken = taken or {}  # keys that are in use
        self._seen: set[str] = set()
        self.named: set[str] = set()  # ids of messages met

    def messages(self, messages: Sequence[Message]) -> Iterator[Entry]:
        own = _Facts.of(messages)
        for message in messages:
            call = message.tool_call_id
            merged = message.role is Role.TOOL and (call in own.calls or call in self._facts.calls)
            if not message.hidden and not merged:
                yield self._message(message, own)
            self.named.add(message.id)
            if message.id in self._after:
                yield from self.notices_of(self._after[message.id])

    def _result(self, call: str, own: _Facts) -> Message | None:
        return own.results.get(call) or self._facts.results.get(call)

    def _message(self, message: Message, own: _Facts) -> Entry:
        key = self._key("m:" + message.id)
        known = self._known.get(key)
        if message.role is Role.AI:
            message = apart(message)
            found = ((call.id, self._result(call.id, own)) for call in message.tool_calls)
            mine = {call: result for call, result in found if result is not None}
            told = any(notice.kind in _TELLING for notice in self._after.get(message.id, ()))
            if not isinstance(known, AgentEntry):
                return self._new(AgentEntry(key, message, mine, told))
            if known.message != message or known.results != mine or known.told != told:
                known.change(message, mine, told)
            known.message = message
            return known
        if message.role is Role.HUMAN:
            behind = message.standing is Standing.QUEUED and self._session.active
            if not isinstance(known, HumanEntry):
                return self._new(HumanEntry(key, message, behind))
            if known.message != message or known.behind != behind:
                known.stale()
            known.message, known.behind = message, behind
            return known
        if isinstance(known, OtherEntry):
            if known.message != message:
                known.stale()
            known.message = message
            return known
        return self._new(OtherEntry(key, message))

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
        while key in self._seen or key in self._taken:
            key += "+"
        self._seen.add(key)
        return key
