"""What differs between two versions: by line first, by word within what changed. In slices, so that nobody waits for it.

Lines that stand once in both texts anchor one another (the longest ascending run of them), then the gaps between; a gap without such
lines is searched for the shortest edit, so many edits at a time, and is a change as a whole where hardly anything agrees. The same
serves for words. Python's own ``difflib`` takes many seconds for two texts of 200 kB (measured).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import StrEnum
from typing import TypeAlias

from .frozen import frozen

BOUND = 200
"""Edits that are searched for at a time; the search goes on from the furthest place while two thirds of what it passed agree."""
_ROUNDS = 50  # of such searches in one gap
_STEPS = 4_000  # small steps between two looks at the clock
_ISLAND = 3  # characters that agree between two long changes and are taken as part of them
_SEEDS = (1, 4)  # tokens in a row that must be the only ones of their kind, to be an anchor

_PUNCTUATION = r"\s!-/:-@\[-^`{-~\u00a1-\u00bf\u2010-\u206f"
_EAST = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_WORDS = re.compile(rf"[^{_PUNCTUATION}{_EAST}]+|[^\S\n]+|\n|.[\u0300-\u036f\u200d\ufe00-\ufe0f]*")

Slices: TypeAlias = Iterator[None]
Span: TypeAlias = tuple[int, int, int, int]
"""What differs: old from, old to, new from, new to."""


class Kind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@frozen
class Piece:
    kind: Kind
    text: str


@frozen
class Change:
    """Lines of the old text (from 0, ``old_stop`` exclusive) that others of the new one replace; one of both may be empty.

    ``pieces`` tell it by words: SAME and GONE together are the old lines, SAME and NEW the new ones, newlines included.
    """

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int
    pieces: tuple[Piece, ...] = ()


def split_lines(text: str) -> list[str]:
    """At newlines alone; the last one empty where the text ends with a newline, and none of an empty text."""
    return text.split("\n") if text else []


def words(text: str) -> list[str]:
    """Words, blanks and signs; East Asian characters one by one."""
    return _WORDS.findall(text)


class Diffing:
    """Compares in slices: ``work`` until it returns True, then ``changes`` has all, in order."""

    def __init__(self, old: str, new: str) -> None:
        self.old = split_lines(old)
        self.new = split_lines(new)
        self.changes: list[Change] = []
        self._slices = self._run()

    def work(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Go on until done (True) or ``enough`` says so (False)."""
        return all(not enough() for _ in self._slices)

    def _run(self) -> Slices:
        spans: list[Span] = []
        yield from _spans(self.old, self.new, spans)
        for a, b, c, d in spans:
            pieces: list[Piece] = []
            yield from _pieces(self.old[a:b], self.new[c:d], pieces)
            self.changes.append(Change(a, b, c, d, tuple(pieces)))


def diff(old: str, new: str) -> list[Change]:
    """All at once."""
    work = Diffing(old, new)
    work.work()
    return work.changes


# -- sequences ---------------------------------------------------------------------------------------------------------


def _spans(old: Sequence[Hashable], new: Sequence[Hashable], found: list[Span]) -> Slices:
    """The spans that differ, in order, none touching the next."""
    numbers: dict[Hashable, int] = {}
    a: list[int] = []
    b: list[int] = []
    for items, out in ((old, a), (new, b)):
        for at in range(0, len(items), _STEPS):
            out.extend([numbers.setdefault(item, len(numbers)) for item in items[at : at + _STEPS]])
            yield
    todo: list[tuple[int, int, int, int, int]] = [(0, len(a), 0, len(b), 0)]
    while todo:
        alo, ahi, blo, bhi, seed = todo.pop()
        while alo < ahi and blo < bhi and a[alo] == b[blo]:
            alo, blo = alo + 1, blo + 1
        while alo < ahi and blo < bhi and a[ahi - 1] == b[bhi - 1]:
            ahi, bhi = ahi - 1, bhi - 1
        span = (alo, ahi, blo, bhi)
        if alo == ahi or blo == bhi:
            if alo != ahi or blo != bhi:
                _add(found, span)
            continue
        yield
        if seed < len(_SEEDS):
            anchors: list[tuple[int, int]] = []
            yield from _anchors(a, b, span, _SEEDS[seed], anchors)
            todo.extend(reversed(_between(span, anchors, _SEEDS[seed], seed if anchors else seed + 1)))
        else:
            yield from _shortest(a, b, span, found)


def _between(span: Span, anchors: list[tuple[int, int]], length: int, seed: int) -> list[tuple[int, int, int, int, int]]:
    """The gaps that anchors leave."""
    x, y = span[0], span[2]
    gaps = []
    for i, j in anchors:
        gaps.append((x, i, y, j, seed))
        x, y = i + length, j + length
    return [*gaps, (x, span[1], y, span[3], seed)]


def _add(found: list[Span], span: Span) -> None:
    if found and found[-1][1] == span[0] and found[-1][3] == span[2]:
        span = (found[-1][0], span[1], found[-1][2], span[3])
        found.pop()
    found.append(span)


def _anchors(a: list[int], b: list[int], span: Span, length: int, kept: list[tuple[int, int]]) -> Slices:
    """(place in a, place in b) of runs so long that stand once in both, as many as ascend together."""
    alo, ahi, blo, bhi = span
    ours: dict[Hashable, int] = {}
    theirs: dict[Hashable, int] = {}
    yield from _once(a, alo, ahi, length, ours)
    yield from _once(b, blo, bhi, length, theirs)
    pairs = sorted((at, theirs[run]) for run, at in ours.items() if at >= 0 and theirs.get(run, -1) >= 0)
    yield
    for i, j in _ascending(pairs):
        if not kept or (i >= kept[-1][0] + length and j >= kept[-1][1] + length):  # else it overlaps the one before
            kept.append((i, j))


def _once(items: list[int], low: int, high: int, length: int, places: dict[Hashable, int]) -> Slices:
    """Where each run stands; -1 for one that stands twice."""
    for begin in range(low, high - length + 1, _STEPS):
        for at in range(begin, min(begin + _STEPS, high - length + 1)):
            run: Hashable = items[at] if length == 1 else tuple(items[at : at + length])
            places[run] = -1 if run in places else at
        yield


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose second ascends (the first does already)."""
    tails: list[int] = []
    last: list[int] = []  # index of the pair at each length's end
    before: list[int] = [-1] * len(pairs)
    for index, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        if at == len(tails):
            tails.append(place)
            last.append(index)
        else:
            tails[at], last[at] = place, index
        before[index] = last[at - 1] if at else -1
    run = []
    index = last[-1] if last else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


def _shortest(a: list[int], b: list[int], span: Span, found: list[Span]) -> Slices:
    """The shortest edit (Myers' greedy search), forward, BOUND edits at a time."""
    alo, ahi, blo, bhi = span
    for _ in range(_ROUNDS):
        inner: list[Span] = []
        passed: list[int] = []
        yield from _search(a[alo:ahi], b[blo:bhi], inner, passed)
        for i, j, k, m in inner:
            _add(found, (alo + i, alo + j, blo + k, blo + m))
        alo, blo = alo + passed[0], blo + passed[1]
        if alo == ahi or blo == bhi or passed[0] + passed[1] < 3 * BOUND:  # done, or hardly anything agrees
            break
    if alo < ahi or blo < bhi:
        _add(found, (alo, ahi, blo, bhi))


def _search(a: list[int], b: list[int], found: list[Span], passed: list[int]) -> Slices:
    """The edit up to the end, or the furthest that BOUND edits reach; ``passed`` takes how far that is in both."""
    n, m = len(a), len(b)
    bound = min(n + m, BOUND)
    reach = [0] * (2 * bound + 3)
    middle = bound + 1
    trace: list[list[int]] = []
    steps = 0
    x = y = 0
    for edits in range(bound + 1):
        trace.append(reach[middle - edits - 1 : middle + edits + 2])
        furthest = -1
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[middle + diagonal - 1] < reach[middle + diagonal + 1])
            i = reach[middle + diagonal + 1] if down else reach[middle + diagonal - 1] + 1
            j = i - diagonal
            while i < n and j < m and a[i] == b[j]:
                i, j = i + 1, j + 1
            reach[middle + diagonal] = i
            if i + j > furthest and i <= n and j <= m:
                furthest, x, y = i + j, i, j
            steps += 1
            if steps % _STEPS == 0:
                yield
        if (x, y) == (n, m) or edits == bound:
            found.extend(_walk_back(trace, x, y))
            break
    passed.extend((x, y))


def _walk_back(trace: list[list[int]], n: int, m: int) -> list[Span]:
    spans: list[Span] = []
    x, y = n, m
    for edits in range(len(trace) - 1, 0, -1):
        reach = trace[edits]  # before this edit; index 0 is diagonal -edits-1
        diagonal = x - y
        at = diagonal + edits + 1
        down = diagonal == -edits or (diagonal != edits and reach[at - 1] < reach[at + 1])
        x0 = reach[at + 1] if down else reach[at - 1]
        y0 = x0 - (diagonal + 1 if down else diagonal - 1)
        span = (x0, x0, y0, y0 + 1) if down else (x0, x0 + 1, y0, y0)
        if spans and span[1] == spans[-1][0] and span[3] == spans[-1][2]:
            span = (span[0], spans[-1][1], span[2], spans[-1][3])
            spans.pop()
        spans.append(span)
        x, y = x0, y0
    return spans[::-1]


# -- words within a change ---------------------------------------------------------------------------------------------


def _pieces(old: list[str], new: list[str], pieces: list[Piece]) -> Slices:
    """Of changed lines, their newlines included."""
    before: list[str] = []
    after: list[str] = []
    for lines, out in ((old, before), (new, after)):
        for number, line in enumerate(lines, 1):
            out.extend(words(line + "\n"))
            if number % 100 == 0:
                yield
    spans: list[Span] = []
    yield from _spans(before, after, spans)
    yield
    at = 0
    for a, b, c, d in _joined(before, after, spans):
        for kind, part in ((Kind.SAME, before[at:a]), (Kind.GONE, before[a:b]), (Kind.NEW, after[c:d])):
            if part:
                pieces.append(Piece(kind, "".join(part)))
        at = b
    if at < len(before):
        pieces.append(Piece(Kind.SAME, "".join(before[at:])))


def _joined(before: list[str], after: list[str], spans: list[Span]) -> list[Span]:
    """Changes with hardly anything between them are one: single words that happen to agree only confuse."""
    joined: list[Span] = []
    around = 0  # characters of the newest, both sides
    for span in spans:
        size = sum(map(len, before[span[0] : span[1]])) + sum(map(len, after[span[2] : span[3]]))
        if joined:
            a, b, c, _ = joined[-1]
            between = before[b : span[0]]
            solid = sum(len(word) for word in between if not word.isspace())
            if "\n" not in between and (not solid or (solid <= _ISLAND and around + size > 12 * solid)):
                joined[-1] = (a, span[1], c, span[3])
                around += size
                continue
        joined.append(span)
        around = size
    return joined
