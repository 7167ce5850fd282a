"""``send``: what goes where, in which order, and with which exit code."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
from argparse import Namespace
from collections.abc import AsyncIterator
from typing import cast

import pytest

from canvas_tui.cli import parser
from canvas_tui.commands import send
from canvas_tui.commands.mistakes import Mistake
from canvas_tui.commands.output import JsonLines, Plain
from canvas_tui.commands.wish import what
from canvas_tui.core.model import Json, Notice, NoticeKind, ServerPhase, ServerState
from canvas_tui.core.ports import Backend
from canvas_tui.net.turn import Asked, Discard, Ended, RunNamed, Text, Told, TurnEvent
from canvas_tui.net.turn_wish import Wish

from .fakes import FakeBackend

RUN = RunNamed("t", "r")
DONE = Ended("success", "t", "r")
CUT = Told(Notice(1, NoticeKind.CUT, 0.0), "cut off; joining again")


class Pipe(io.BytesIO):
    """A pipe or, with ``terminal``, a terminal; ``after`` so many writes its reader has gone. Read is what was flushed."""

    seen = b""

    def __init__(self, terminal: bool = False, after: int | None = None) -> None:
        super().__init__()
        self.terminal, self.left = terminal, after

    def isatty(self) -> bool:
        return self.terminal

    def write(self, data: object) -> int:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise BrokenPipeError
        return super().write(data)  # type: ignore[arg-type]

    def flush(self) -> None:
        self.seen = self.getvalue()

    @property
    def text(self) -> str:
        return self.seen.decode()


def backend(fake: FakeBackend | None = None) -> Backend:
    return cast(Backend, fake or FakeBackend())


async def turn(*events: TurnEvent) -> AsyncIterator[TurnEvent]:
    for event in events:
        await asyncio.sleep(0)
        yield event


async def plain(*events: TurnEvent, terminal: bool = False) -> tuple[int, str, str]:
    out, err = Pipe(terminal), Pipe(terminal)
    code = await send.tell(backend(), turn(*events), Plain(out, err))
    return code, out.text, err.text


async def test_stdout_is_the_exact_text_and_one_final_newline() -> None:
    pieces = ("Two\r\n\t", "\x1b[31mlines\u2028", "\x00")
    code, out, err = await plain(RUN, *(Text("m", piece) for piece in pieces), DONE)
    assert (code, out, err) == (0, "".join(pieces) + "\n", "")


@pytest.mark.parametrize(("text", "out"), [("ends\n", "ends\n"), ("ends\n\n", "ends\n\n"), ("", ""), ("\ud800", "?\n")])
async def test_the_final_newline_is_added_only_where_there_is_none(text: str, out: str) -> None:
    assert (await plain(RUN, Text("m", text), DONE))[1] == out


async def test_notices_go_to_stderr_and_never_between_the_text() -> None:
    code, out, err = await plain(RUN, Text("m", "be"), CUT, Text("m", "fore"), DONE)
    assert (code, out, err) == (0, "before\n", "canvas-tui: cut off; joining again\n")


async def test_several_messages_are_set_apart() -> None:
    assert (await plain(RUN, Text("a", "one"), Text("b", "two\n"), Text("c", "three"), DONE))[1] == "one\n\ntwo\n\nthree\n"


async def test_a_void_answer_begins_anew_and_that_is_told() -> None:
    _, out, err = await plain(RUN, Text("m", "wro"), Discard("m"), Text("n", "right"), DONE)
    assert out == "wro\n\nright\n"
    assert err == "canvas-tui: what was printed of this answer is void; it begins anew below\n"


async def test_a_void_answer_under_the_same_id_is_set_apart_too() -> None:
    assert (await plain(RUN, Text("m", "wro"), Discard("m"), Text("m", "right"), DONE))[1] == "wro\n\nright\n"


async def test_on_a_terminal_control_characters_are_shown() -> None:
    _, out, err = await plain(RUN, Text("m", "a\x1b[31m\r"), Text("m", "\nb"), CUT, Text("m", "c"), DONE, terminal=True)
    assert out == "a␛[31m\nbc\n"
    assert err.startswith("\ncanvas-tui: cut off; joining again\n"), "a notice begins a line of its own"


async def test_a_person_is_told_how_to_go_on_with_the_thread() -> None:
    _, _, err = await plain(RUN, Text("m", "a"), DONE, terminal=True)
    assert err == "canvas-tui: go on with it: canvas-tui send --thread t\n"


async def test_a_hostile_notice_is_clean() -> None:
    notice = Told(Notice(1, NoticeKind.FAILED, 0.0), "bad \x1b]0;x\x07\nnews")
    assert (await plain(notice, DONE))[2] == "canvas-tui: bad ␛]0;x␇ news\n"


async def test_a_question() -> None:
    code, out, err = await plain(RUN, Text("m", "Hm"), Asked("i", {"question": "Blue?"}), Ended("interrupted", "t", "r"))
    assert (code, out) == (3, "Hm\n")
    assert err == 'canvas-tui: the agent asks: {"question": "Blue?"}\ncanvas-tui: answer with: canvas-tui send --thread t --answer JSON\n'


ENDS = {"success": 0, "refused": 2, "interrupted": 3, "error": 4, "unreachable": 5, "stopped": 130}


@pytest.mark.parametrize(("status", "code"), ENDS.items())
async def test_exit_codes(status: str, code: int) -> None:
    assert (await plain(RUN, Ended(status, "t", "r", sentence="Why.")))[0] == code
    assert await send.tell(backend(), turn(Ended(status, "t", "r")), JsonLines(Pipe())) == code


async def test_why_it_failed_is_told_once() -> None:
    told = Told(Notice(1, NoticeKind.FAILED, 0.0), "The run failed: no model")
    assert (await plain(told, Ended("error", "t", "r", sentence="no model")))[2] == "canvas-tui: The run failed: no model\n"
    assert (await plain(Ended("error", "t", "r", sentence="no model")))[2] == "canvas-tui: no model\n"


async def test_a_hostile_reason_is_told_once_too() -> None:
    told = Told(Notice(1, NoticeKind.FAILED, 0.0), "The run failed: ka␛[31mboom")
    assert (await plain(told, Ended("error", "t", "r", sentence="ka\x1b[31mboom")))[2] == "canvas-tui: The run failed: ka␛[31mboom\n"


async def test_the_state_of_a_graph_without_messages_is_told() -> None:
    told = Told(Notice(1, NoticeKind.NO_MESSAGES, 0.0), "no messages", '{\n  "a": "\x1b"\n}')
    assert (await plain(told, DONE))[1:] == ("", 'canvas-tui: no messages\n{\n  "a": "␛"\n}\n')
    out = Pipe()
    await send.tell(backend(), turn(told, DONE), JsonLines(out))
    assert json.loads(out.text.splitlines()[0])["details"] == '{\n  "a": "\x1b"\n}'


def test_the_advice_names_the_same_server_and_assistant() -> None:
    args = parser().parse_args(["--server", "http://h:1", "send", "--assistant", "my agent", "hi"])
    assert send.options(args) == "--server http://h:1 --assistant 'my agent'"
    assert send.options(parser().parse_args(["send", "hi"])) == ""


async def test_a_thread_that_stopped_without_a_question_is_opened_not_answered() -> None:
    assert (await plain(RUN, Ended("interrupted", "t", "r")))[2] == "canvas-tui: go on with it: canvas-tui --thread t\n"
    err = Pipe()
    await send.tell(backend(), turn(Asked("i", 1), Ended("interrupted", "t", "r")), Plain(Pipe(), err, "--server x"))
    assert err.text.endswith("canvas-tui: answer with: canvas-tui send --server x --thread t --answer JSON\n")


async def test_json_lines() -> None:
    out = Pipe()
    messages: tuple[dict[str, Json], ...] = ({"id": "m", "type": "ai", "content": "hé"},)
    events = (RUN, Text("m", "h\u00e9\x1b\ud800"), CUT, Discard("m"), Asked("i", [1]), Ended("interrupted", "t", "r", messages))
    assert await send.tell(backend(), turn(*events), JsonLines(out)) == 3
    assert out.seen.isascii()
    assert [json.loads(line) for line in out.text.splitlines()] == [
        {"type": "run", "thread_id": "t", "run_id": "r"},
        {"type": "text", "message_id": "m", "text": "h\u00e9\x1b\ud800"},
        {"type": "notice", "kind": "cut", "text": "cut off; joining again"},
        {"type": "discard", "message_id": "m"},
        {"type": "interrupt", "id": "i", "value": [1]},
        {"type": "end", "status": "interrupted", "thread_id": "t", "run_id": "r", "messages": list(messages)},
    ]


async def test_each_piece_is_written_when_it_comes() -> None:
    gate, loop = asyncio.Event(), asyncio.get_running_loop()

    class Reader(Pipe):
        """Lets the turn go on when it has read the first piece: a program that holds it back would wait for ever."""

        def write(self, data: object) -> int:
            loop.call_soon_threadsafe(gate.set)
            return super().write(data)

    async def events() -> AsyncIterator[TurnEvent]:
        yield Text("m", "first")
        await gate.wait()
        yield DONE

    out = Reader()
    async with asyncio.timeout(10):
        assert await send.tell(backend(), events(), Plain(out, Pipe())) == 0
    assert out.text == "first\n"


async def test_a_reader_that_has_gone_ends_the_turn() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncIterator[TurnEvent]:
        try:
            while True:
                yield Text("m", "more")
                await asyncio.sleep(0)
        finally:
            closed.set()

    fake = FakeBackend()
    with pytest.raises(BrokenPipeError):
        await send.tell(backend(fake), events(), Plain(Pipe(after=3), Pipe()))
    assert closed.is_set()
    assert fake.heard == 0


async def test_a_turn_that_breaks_is_not_a_success() -> None:
    async def events() -> AsyncIterator[TurnEvent]:
        yield RUN
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        await send.tell(backend(), events(), Plain(Pipe(), Pipe()))


async def test_what_the_server_is_doing_is_told_once_each() -> None:
    fake = FakeBackend(ServerState(ServerPhase.STARTING, sentence="Starting …", local=True))
    out, err = Pipe(), Pipe()

    async def events() -> AsyncIterator[TurnEvent]:
        for sentence in ("Starting …", "starting it", "starting it", "nearly there"):
            fake.change_server(ServerPhase.STARTING, sentence, local=True)
        fake.change_server(ServerPhase.UP, "attached")
        fake.change_server(ServerPhase.DOWN, "it went away")
        yield Text("m", "x")
        yield DONE

    assert await send.tell(backend(fake), events(), Plain(out, err)) == 0
    assert err.text == "canvas-tui: starting it\ncanvas-tui: nearly there\ncanvas-tui: it went away\n"


async def test_the_first_interrupt_stops_the_run_and_the_second_the_program() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        stop = send.stop_at_interrupt()
        os.kill(os.getpid(), signal.SIGINT)
        async with asyncio.timeout(10):
            await stop.wait()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, before)


def arguments(*text: str, answer: str | None = None, thread: str | None = None) -> Namespace:
    words = [*(["--answer", answer] if answer is not None else []), *(["--thread", thread] if thread else [])]
    return parser().parse_args(["send", *words, *text])


@pytest.mark.parametrize(
    ("given", "answer"),
    [('{"a": 1}', {"a": 1}), ("true", True), ("0", 0), ('"blue"', "blue"), ("blue", "blue"), ("[" * 99999, "[" * 99999)],
)
def test_an_answer_is_json_or_else_words(given: str, answer: Json) -> None:
    assert what(arguments(answer=given, thread="t")) == Wish(answer=answer)


@pytest.mark.parametrize(("data", "text"), [(b"hi\n", "hi"), (b"  a\n\nb\r\n\n", "  a\n\nb"), ("né".encode(), "né")])
def test_stdin(data: bytes, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert what(arguments("-")) == Wish(text)


@pytest.mark.parametrize(("data", "says"), [(b"\n", "the text is empty"), (b"\xff", "not UTF-8")])
def test_stdin_that_cannot_be_sent(data: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(Mistake, match=says):
        what(arguments("-"))
