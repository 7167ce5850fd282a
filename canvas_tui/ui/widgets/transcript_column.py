"""The transcript's entries, made from the session's messages, notices and questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from canvas_tui.core.artifact import Branch
from canvas_tui.core.assemble import apart
from canvas_tui.core.drafting import wrote
from canvas_tui.core.model import Interrupt, Message, Notice, NoticeKind, Role, Session, Standing
from canvas_tui.core.notices import seconds, words

from .lines_rows import Rows
from .transcript_branch import BranchEntry
from .transcript_entries import AgentEntry, Entry, HumanEntry, NoticeEntry, OtherEntry, QuestionEntry, ValuesEntry, WorkingEntry

_TELLING = frozenset({NoticeKind.STOPPED, NoticeKind.FAILED, NoticeKind.RESTARTED, NoticeKind.PUSHED_OUT, NoticeKind.LOST})


WORKING_AFTER = 2.0
"""Seconds after which a run of which nothing has come is told of."""
NEWEST = 256
"""Messages of a thread whose entries are made at once; those of the messages before them are made in slices."""
_MANY = 1 << 20  # entries that may come before those made first
_AT_ONCE = 16  # messages between two looks at the clock


class Column(Rows[Entry]):
    """Entries are made anew only where the session's objects are new. While older ones are made, those that stood there stand."""

    def __init__(self) -> None:
        super().__init__()
        self._history = _Part()
        self._older: _Older | None = None
        self._rest = _Part()
        self._of: tuple[object, ...] = (None, None, None, None)  # what the history's entries were made from
        self._facts = _Facts()

    # -- from the session --------------------------------------------------------------------------------------------

    def take(self, session: Session, now: float, width: int) -> None:
        """Follow the session."""
        known = self._known() if self._of[0] is not session.history else None
        after: dict[str, list[Notice]] = {}
        for notice in session.notices:
            after.setdefault(notice.after, []).append(notice)
        parts = (session.history, session.notices, session.state.values_text, session.branches)
        count = len(self._history.entries)
        if all(new is old for new, old in zip(parts, self._of, strict=True)):
            lowest = self._tick(session, now)
            same = count
        else:
            if self._of[0] is not session.history:
                self._facts = _Facts.of(session.history)
            making = _Making(known or self._known(), session, now, width, after, self._facts)
            before = self._history.entries
            self._history = _Part.of(self._newest_first(making, session.history))
            self._of = parts
            same = lowest = _common(self._history.entries, before)
        making = _Making(known or self._rest.known, session, now, width, after, self._facts, self._history.known)
        rest = [
            *making.messages(session.live),
            *making.working(),
            *making.questions(session.interrupts),
            *making.messages([outgoing.message for outgoing in session.queue]),
        ]
        rest += making.notices_of(
            notice for name in after if name not in making.named and name not in self._facts.ids for notice in after[name]
        )
        old = self.entries[count:]
        self._rest = _Part.of(rest)
        if same == count == len(self._history.entries):  # with ten thousand messages a new list costs more than the words that came
            self.entries[count:] = rest
            same += _common(rest, old)
        else:
            self.entries = self._history.entries + rest
        self.touch(min(same, lowest))

    def _known(self) -> dict[str, Entry]:
        made = {entry.key: entry for entry in self._older.made} if self._older is not None else {}
        return {**made, **self._history.known, **self._rest.known}

    def _tick(self, session: Session, now: float) -> int:
        """Open notices in the history count on; the first entry whose words changed."""
        lowest = len(self._history.entries)
        for index, entry in self._history.notices:
            if entry.notice.until is None and entry.tick(words(entry.notice, session, now)):
                lowest = min(lowest, index)
        return lowest

    # -- long threads ------------------------------------------------------------------------------------------------

    def _newest_first(self, making: _Making, history: Sequence[Message]) -> list[Entry]:
        """The newest entries, behind those that stood before them: `work` makes these anew, or for the first time."""
        self._older = None
        if len(history) <= NEWEST:
            return [*making.values(), *making.messages(history, self._facts)]
        newest = [*making.messages(history[-NEWEST:], self._facts)]
        first = newest[0] if newest else None
        stood = next((index for index, entry in enumerate(self._history.entries) if entry is first), 0)
        if not (stood or self.origin):
            self.origin = _MANY
        older = chain(making.values(), making.messages(history[:-NEWEST], self._facts))
        self._older = _Older(older, stood)
        return self._history.entries[:stood] + newest

    @property
    def unmade(self) -> bool:
        return self._older is not None or super().unmade

    def work(self, enough: Callable[[], bool]) -> bool:
        older = self._older
        if older is None or super().unmade:
            return super().work(enough)
        while some := [*islice(older.making, _AT_ONCE)]:
            older.made += some
            if enough():
                return False
        stood, count = self._history.entries, older.stood
        self._older = None
        if (same := _common(older.made, stood[:count])) < max(count, len(older.made)):
            rest = self.entries[len(stood) :]
            self._history = _Part.of(older.made + stood[count:])
            self.entries = self._history.entries + rest
            self.origin += count - len(older.made)
            self.touch(same)
        return True


@dataclass(slots=True)
class _Older:
    """Entries that are made in slices, and how many stand in their place until then."""

    making: Iterator[Entry]
    stood: int
    made: list[Entry] = field(default_factory=list)


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
        notices = [(index, entry) for index, entry in enumerate(entries) if type(entry) is NoticeEntry]  # quicker than isinstance
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
            if message.tool_calls:
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
        self._branches = {branch.message_id: branch for branch in session.branches}
        self._seen: set[str] = set()
        self.named: set[str] = set()  # ids of messages met

    def messages(self, messages: Sequence[Message], facts: _Facts | None = None) -> Iterator[Entry]:
        """``facts`` of these messages, where they are known."""
        own = facts or _Facts.of(messages)
        for message in messages:
            call = message.tool_call_id
            merged = message.role is Role.TOOL and (call in own.calls or call in self._facts.calls)
            if not message.hidden and not merged:
                yield self._message(message, own)
            self.named.add(message.id)
            if (branch := self._branches.get(message.id)) is not None and not message.hidden:
                yield self._branch(branch)
            if message.id in self._after:
                yield from self.notices_of(self._after[message.id])

    def _result(self, call: str, own: _Facts) -> Message | None:
        return own.results.get(call) or self._facts.results.get(call)

    def _results(self, message: Message, own: _Facts) -> dict[str, Message]:
        found = ((call.id, self._result(call.id, own)) for call in message.tool_calls)
        return {call: result for call, result in found if result is not None}

    def _message(self, message: Message, own: _Facts) -> Entry:
        key = self._key("m:" + message.id)
        known = self._known.get(key)
        if message.role is Role.AI:
            message = apart(message)
            mine = self._results(message, own) if message.tool_calls else {}
            told = message.id in self._after and any(notice.kind in _TELLING for notice in self._after[message.id])
            if not isinstance(known, AgentEntry):
                return self._new(AgentEntry(key, message, mine, told))
            if (known.message is not message and known.message != message) or known.results != mine or known.told != told:
                known.change(message, mine, told)
            known.message = message
            return known
        if message.role.ours:
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

    def _branch(self, branch: Branch) -> Entry:
        key = self._key("f:" + branch.message_id)
        known = self._known.get(key)
        return known if isinstance(known, BranchEntry) and known.branch == branch else self._new(BranchEntry(key, branch))

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

    def working(self) -> Iterator[Entry]:
        """Below a message to which nothing has come for a moment; a notice that stands tells more."""
        session, run = self._session, self._session.run
        if run is None or run.stopped or not session.active or wrote(session):
            return
        passed = self._now - run.started_at
        told = session.interrupts or any(notice.until is None for notice in session.notices)
        if passed < WORKING_AFTER or told or not session.live or not session.live[-1].role.ours:
            return
        key, text = self._key("w:"), f"Working, {seconds(passed)}"
        known = self._known.get(key)
        if isinstance(known, WorkingEntry):
            known.tick(text)
            yield known
        else:
            yield self._new(WorkingEntry(key, text))

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
