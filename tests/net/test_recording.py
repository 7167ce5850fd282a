"""Recorded against the scripted server, played again: the same conversation; and no key in the file."""

from __future__ import annotations

import asyncio
import resource
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui.core import recording
from canvas_tui.core.inputs import Submitted, Tick
from canvas_tui.core.model import Link, NoticeKind, Phase, Session
from canvas_tui.core.ports import Backend, Secret, ServerTarget
from canvas_tui.core.recording import Begun, Line, Opening, Part, Recording
from canvas_tui.net import recording as recorder_room
from canvas_tui.net.hub import Hub
from canvas_tui.net.recording import Recorder, RecordingFile, Ring
from canvas_tui.net.replay import IDLE, Replay
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import cut
from tests.support.scripted_steps import Ask, CallTool, Emit, Gate, Script, StartOver, ToolResult, say

from .backends import at_rest, texts, until
from .memory import MemoryJournal

KEY = "lsv2-very-secret"
KEYS = (KEY, "header-secret", "lsv2-other")
ANSWER = "One two three – vier fünf sechs 七 eight nine ten."


@asynccontextmanager
async def recorded(url: str, tmp_path: Path) -> AsyncIterator[tuple[Hub, Recorder, Path]]:
    """A hub whose threads go into a file, with a key and a secret header."""
    path = tmp_path / "all.jsonl"
    recorder = Recorder(tmp_path / "recordings", RecordingFile(path))
    header = Secret("header-secret")
    recorder.strike(header)
    target = ServerTarget("test", url, key=recorder.knowing(lambda: Secret(KEY)), headers=(("x-team", header),), user_id="me")
    hub = Hub(target, MemoryJournal(), recorder=recorder)
    await hub.start()
    try:
        yield hub, recorder, path
    finally:
        await hub.close()
        recorder.close()


def read(path: Path) -> Recording:
    with path.open(encoding="utf-8", newline="\n") as file:
        return recording.read(file)


@asynccontextmanager
async def replaying(recorded: Recording) -> AsyncIterator[tuple[Replay, list[float]]]:
    """A replay that does not wait; the seconds that it would have waited."""
    waited: list[float] = []
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        waited.append(seconds)
        now += seconds
        await asyncio.sleep(0)

    replay = Replay(recorded, 2.0, clock=lambda: now, sleep=sleep)
    fulfils: Backend = replay
    await fulfils.start()
    try:
        yield replay, waited
    finally:
        await replay.close()


async def played(recorded: Recording) -> Replay:
    async with replaying(recorded) as (replay, _):
        await asyncio.wait_for(replay.over.wait(), 30)
        return replay


def told(session: Session) -> tuple[object, ...]:
    """What a reader of the conversation sees."""
    kinds = [(notice.kind, notice.count) for notice in session.notices]
    assert session.run is not None
    return session.history, session.interrupts, kinds, session.run.status, session.run.tokens, session.run.received, session.link.phase


SCRIPTS: dict[str, Script] = {
    "plain": [say(ANSWER)],
    "tools and a question": [CallTool("lookup", {"q": "x"}), ToolResult("42"), Ask({"q": "ok?"})],
    "started over": [say("half of"), StartOver(), say(ANSWER)],
}


@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_same_conversation(script: str, kind: str, tmp_path: Path) -> None:
    async with scripted_server(SCRIPTS[script], kind=kind) as server:
        server.plan("join", cut(events=3), cut(bytes=901))
        async with recorded(server.url, tmp_path) as (hub, _, path):
            thread = hub.new_thread()
            hub.open(thread)
            hub.submit(thread, "Hello [b]")
            live = await at_rest(hub, thread)
            log = hub.wire(thread)
    replay = await played(read(path))
    assert replay.first_thread == thread
    assert told(replay.session(thread)) == told(live)
    assert (replay.wire(thread).bytes, replay.wire(thread).events, len(replay.wire(thread).cuts)) == (log.bytes, log.events, len(log.cuts))
    assert [row.title for row in replay.threads().rows] == ["Hello [b]"]
    assert "over" in replay.line()


async def test_no_key_is_in_it_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    script: Script = [Emit({"echo": f"{KEY} header-secret"}), say(f"The key is {KEY}.")]
    async with scripted_server(script, key=KEY) as server, recorded(server.url, tmp_path) as (hub, recorder, path):
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert texts(session) == [f"The key is {KEY}."]
        said = await recorder.save(thread)
    saved = next((tmp_path / "recordings").iterdir())
    assert said.endswith(f"canvas-tui replay {saved}")
    for file in (path, saved):
        text = file.read_text()
        assert "Hello" in text and "***" in text
        assert KEY not in text and "header-secret" not in text
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [item.headers[0][0] for line in read(file).lines if isinstance(item := line.item, Opening)] == ["content-type"]
    assert stat.S_IMODE(saved.parent.stat().st_mode) == 0o700


async def test_what_is_saved_in_the_middle_of_a_run_stands_where_it_stood(tmp_path: Path) -> None:
    script: Script = [say("Before."), Gate("middle"), say(" After.")]
    async with scripted_server(script) as server, recorded(server.url, tmp_path) as (hub, recorder, _):
        thread = hub.new_thread()
        assert await recorder.save(thread) == "Nothing has come to this thread yet: there is nothing to save."
        hub.submit(thread, "Go")
        await until(hub, lambda: any("Before." in m.text for m in hub.session(thread).live))
        await recorder.save(thread)
        live = hub.session(thread)
        server.open_gate("middle")
        await at_rest(hub, thread)
        await recorder.save(thread)
    first, second = sorted((tmp_path / "recordings").iterdir(), key=lambda file: file.stat().st_size)
    half = await played(read(first))
    assert [m.text for m in half.session(thread).live] == [m.text for m in live.live] and half.session(thread).active
    assert [m.text for m in (await played(read(second))).session(thread).history] == ["Go", "Before. After."]


async def test_a_ring_that_has_forgotten_its_beginning_still_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_room, "SEGMENT_BYTES", 1500)
    monkeypatch.setattr(recorder_room, "KEPT", 6000)
    async with scripted_server([say(ANSWER * 10)]) as server, recorded(server.url, tmp_path) as (hub, recorder, path):
        thread = hub.new_thread()
        hub.submit(thread, "Go")
        live = await at_rest(hub, thread)
        await recorder.save(thread)
    saved = read(next((tmp_path / "recordings").iterdir()))
    begun = saved.lines[0].item
    assert isinstance(begun, Begun) and (begun.session.live or begun.session.history)
    assert not any(isinstance(line.item, Submitted) for line in saved.lines) and len(saved.lines) < len(read(path).lines)
    replay = await played(saved)
    assert replay.session(thread).history == live.history
    assert not any(notice.kind in (NoticeKind.UNREADABLE, NoticeKind.CORRECTED) for notice in replay.session(thread).notices)


def test_the_ring_begins_between_two_events_and_is_bounded() -> None:
    ring = Ring()

    def add(at: float, size: int = 1, *, between: bool) -> None:
        ring.add(Line(at, "t", "", Part(1)), b"x" * size, Session("t"), between=between)

    add(1.0, between=False)
    assert ring.lines() == []
    for at in range(2, 1000):
        add(float(at), between=at % 7 == 0)
    times = [line.at for line, _ in ring.lines()]
    assert times[0] % 7 == 0 and times[-1] == 999.0
    oldest = 999.0 - recorder_room.LAST
    assert oldest - recorder_room.SEGMENT - 7 <= times[0] <= oldest
    add(1000.0, recorder_room.KEPT + 1, between=False)
    assert ring.lines() == []


async def test_times_are_kept_and_idle_ones_cut_short(tmp_path: Path) -> None:
    async with scripted_server([say("A")], [say("B")]) as server, recorded(server.url, tmp_path) as (hub, _, path):
        thread = hub.new_thread()
        hub.submit(thread, "a")
        await at_rest(hub, thread)
        hub.submit(thread, "b")
        await at_rest(hub, thread)
    lines = read(path).lines
    second = [n for n, line in enumerate(lines) if isinstance(line.item, Submitted)][1]
    late = tuple(replace(line, at=line.at + 1000) for line in lines[second:])
    async with replaying(replace(read(path), lines=(*lines[:second], *late))) as (replay, waited):
        await asyncio.wait_for(replay.over.wait(), 30)
        assert replay.now() == pytest.approx(read(path).header.clock + lines[-1].at + 1000)
    assert IDLE in waited
    assert sum(waited) == pytest.approx((lines[-1].at - lines[0].at) / 2 + IDLE, abs=1.0)


async def test_nothing_can_be_changed_in_a_replay(tmp_path: Path) -> None:
    lines = (Line(0.0, "t", "", Begun(Session("t", loaded=True))),)
    async with replaying(Recording(recording.Header(), lines)) as (replay, _):
        await asyncio.wait_for(replay.over.wait(), 30)
        refused: list[None] = []
        replay.refused = lambda: refused.append(None)
        changes: list[Callable[[], object]] = [
            lambda: replay.submit("t", "x"),
            lambda: replay.rename("t", "x"),
            lambda: replay.delete("t"),
            lambda: replay.stop("t"),
            replay.new_thread,
        ]
        for change in changes:
            change()
        assert len(refused) == len(changes)
        assert replay.session("t") == Session("t", loaded=True)


def test_a_recording_is_never_written_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        RecordingFile(path)
    assert path.read_text() == "mine"


async def test_a_key_among_bytes_that_are_no_text_is_struck_out(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.knowing(lambda: Secret(KEY))()
    thread = recorder.thread(lambda: Session("t"))
    thread.opened(1, 200, {})
    thread.part(1, b"\xff" + KEY.encode() + b"\xff\n\n")
    await recorder.save("t")
    last = read(next(tmp_path.iterdir())).lines[-1].item
    assert isinstance(last, Part) and last.data() == b"\xff***\xff\n\n"


async def test_nothing_that_is_kept_begins_within_an_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_room, "SEGMENT_BYTES", 0)
    monkeypatch.setattr(recorder_room, "KEPT", 2000)
    recorder = Recorder(tmp_path)
    live = Session("t", link=Link(Phase.LIVE))
    thread = recorder.thread(lambda: live)
    thread.opened(1, 200, {})
    for _ in range(20):
        for data in (b"event: a\nda", b"ta: 1", b"\n\n"):
            thread.part(1, data)
            thread.heard(Tick())
    await recorder.save("t")
    begun, first, *_ = read(next(tmp_path.iterdir())).lines
    assert isinstance(begun.item, Begun) and isinstance(first.item, Part) and first.item.text == "event: a\nda"


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_disk_that_takes_no_more_is_told_in_a_sentence(tmp_path: Path) -> None:
    most, limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit))  # as a full disk does, further writing fails
    try:
        file = RecordingFile(tmp_path / "x.jsonl")
        file.put(lambda: "x" * 40_000, 0)
        file.put(lambda: "x" * 40_000, 0)
        file.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limit))
    assert file.problem == "x.jsonl cannot be written (file too large): the recording ends here."
    file.put(lambda: "x", 0)


def struck(tmp_path: Path, *reads: tuple[str, bytes], between: bool = False) -> tuple[str, bytes]:
    """The text of the file after these reads of a stream, and the bytes that it tells; ``between``: other things happen between them."""
    path = tmp_path / "struck.jsonl"
    recorder = Recorder(tmp_path, RecordingFile(path))
    for key in KEYS:
        recorder.strike(Secret(key))
    threads = {name: recorder.thread(lambda name=name: Session(name)) for name, _ in reads}  # type: ignore[misc]
    for thread in threads.values():
        thread.opened(1, 200, {})
    for name, data in reads:
        threads[name].part(1, data)
        if between:
            threads[name].heard(Tick())
    recorder.close()
    parts = [line.item.data() for line in read(path).lines if isinstance(line.item, Part) and line.thread == reads[0][0]]
    return path.read_text(), b"".join(parts)


@pytest.mark.parametrize("between", [False, True], ids=["alone", "with other things between"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 15, 16, 17])
def test_a_key_that_lies_across_reads_is_struck_out(tmp_path: Path, size: int, between: bool) -> None:
    """Seen: it stood there in two lines, to be put together by anyone."""
    told = f'data: ["{KEY}", "lsv2-{KEY}", "header-{KEYS[1]}"]\n\n'.encode()
    text, data = struck(tmp_path, *(("t", told[at : at + size]) for at in range(0, len(told), size)), between=between)
    assert data == told.replace(KEY.encode(), b"***").replace(KEYS[1].encode(), b"***")
    assert not any(key in text for key in KEYS)


def test_what_only_begins_as_a_key_is_told_whole_to_the_end(tmp_path: Path) -> None:
    assert struck(tmp_path, ("t", b"data: lsv2-ve"), ("t", b"ry nice\n\n"))[1] == b"data: lsv2-very nice\n\n"
    (tmp_path / "struck.jsonl").unlink()
    assert struck(tmp_path, ("t", b"data: lsv2-very-s"), between=True)[1] == b"data: lsv2-very-s", "and its time does not fall"


def test_a_key_is_not_put_together_out_of_two_streams(tmp_path: Path) -> None:
    reads = (("t", b"data: lsv2-very"), ("u", b"-secret\n\n"), ("t", b"!\n\n"))
    assert struck(tmp_path, *reads)[1] == b"data: lsv2-very!\n\n"


async def test_what_is_saved_has_no_key_across_reads_either(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.strike(Secret(KEY))
    thread = recorder.thread(lambda: Session("t"))
    thread.opened(1, 200, {})
    thread.part(1, f"data: {KEY[:6]}".encode())
    thread.part(1, f"{KEY[6:]}\n\n".encode())
    await recorder.save("t")
    [path] = tmp_path.glob("*.jsonl")
    assert KEY[6:] not in path.read_text()
    assert [line.item.text for line in read(path).lines if isinstance(line.item, Part)] == ["data: ", "***\n\n"]
