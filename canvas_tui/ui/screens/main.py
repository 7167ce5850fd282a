"""The one screen: threads, conversation, run. It paints the newest state and hands what the user does to the backend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Provider
from textual.containers import Horizontal, Vertical
from textual.content import Content

from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import NoticeKind, ServerPhase, Session
from canvas_tui.core.notices import inline, next_change, run_words
from canvas_tui.core.ports import Change
from canvas_tui.core.safe_text import safe_line

from .. import textual_parts as parts
from ..ages import ago
from ..canvas_words import Mode
from ..commands import CanvasCommands
from ..focusing import focus
from ..frames import Frames, turns_of
from ..keymap import BY_ACTION, Where, bindings
from ..messages import CopyAsked, DoAction, Say
from ..widgets.composer import Composer
from ..widgets.find_bar import FindBar
from ..widgets.lines import Lines
from ..widgets.offers import Offers
from ..widgets.question import QuestionPanel
from ..widgets.run_sidebar import RunSidebar
from ..widgets.server_panel import ServerPanel
from ..widgets.status import Heading, NewBelow, Status, elsewhere, waiting_line
from ..widgets.thread_pane import SearchLine, ThreadPane
from ..widgets.transcript import Transcript
from ..widgets.welcome import Welcome
from ..widgets.wire_pane import WirePane
from .branches import BranchPart
from .panes import Pane, Panes
from .read import ReadPart
from .talk import TalkPart
from .threads import ThreadPart

THREADS_FROM, RUN_FROM = 84, 110
"""Widths from which the panes stand beside the conversation."""
SMALLEST = (40, 10)
BESIDE_WORDS = 0.2
"""Seconds between two paintings of what stands beside an answer that goes on: nobody reads its numbers faster, and each is painted."""
_BESIDE = [name for name in Session.__dataclass_fields__ if name not in {"live", "run", "link", "cursor", "writing", "draft"}]
"""Of a session: what the words of an answer that goes on leave as it is."""


AWAY = (NoticeKind.UNREACHABLE, NoticeKind.THREAD)
"""Notices that tell of a server that does not answer."""


class MainScreen(ThreadPart, TalkPart, ReadPart, BranchPart):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.SCREEN)]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {CanvasCommands}
    AUTO_FOCUS = "Composer"
    _stop_listening: Callable[[], None] | None = None
    _resumed = False
    _whole_at = float("-inf")
    _beside: tuple[object, ...] | None = None
    _painted: Session | None = None

    def compose(self) -> ComposeResult:
        app = self.canvas
        keys, signs = app.keys, app.signs
        with Horizontal(id="columns"):
            yield ThreadPane(signs, keys, self.search_threads, animate=app.options.animate, wall=app.wall)
            with Vertical(id="conversation"):
                yield Heading(signs)
                with Vertical(id="welcome-box"):
                    yield Welcome(keys)
                yield Transcript(id="transcript")
                yield ServerPanel(keys)
                yield NewBelow(signs.down, keys.words("conversation.end"))
                yield QuestionPanel()
                yield WirePane(signs)
                yield FindBar(id="find")
                yield Offers(keys, signs.ellipsis, id="canvas-line")
                yield Offers(keys, signs.ellipsis, id="chips")
                yield Composer(self.backend.prompts, self.take_back, self.choose, self.complete)
            yield RunSidebar(signs)
        yield Status(signs)
        yield Lines(id="small")

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """The first time, every widget has just been given its styles: Textual need not do it again before the first frame."""
        event.refresh_styles = self._resumed
        self._resumed = True

    def on_mount(self) -> None:
        options = self.canvas.options
        self.when_busy = WhenBusy(self.canvas.preferences.recall("when_busy") or options.when_busy)
        self.frames = Frames(options.fps, self.paint_frame, self.show_frame, turns_of(self.app), leaving=lambda: self.canvas.frame_seconds)
        self.panes = Panes(
            [
                Pane("threads", self.query_one(ThreadPane), THREADS_FROM, options.thread_list),
                Pane("run", self.query_one(RunSidebar), RUN_FROM, options.sidebar),
            ],
            self.canvas.preferences,
            self._after_layout,
        )
        self.query_one("#question").display = False
        self.query_one(Transcript).act_words = self.canvas.keys.offers()
        self.query_one(Transcript).branch_words = "  ".join(map(self.canvas.keys.words, ("branch.previous", "branch.next")))
        self.thread_id = options.first_thread or self.backend.new_thread()
        self.fit()
        self.paint()
        self.call_after_refresh(self.begin)

    def _after_layout(self) -> None:
        """Paint again when the widgets know their new widths."""
        self.call_after_refresh(self.frames.ask)

    async def begin(self) -> None:
        """After the first frame: whatever may be slow."""
        self.set_focus(self.query_one(Composer), scroll_visible=False)
        await self.canvas.hear_early()
        self._stop_listening = self.backend.listen(self.changed)
        await self.backend.start()
        composer = self.query_one(Composer)
        if self.canvas.options.first_thread:
            self.backend.open(self.thread_id)
        elif not composer.text and not self._used() and (begun := self._begun()):
            self.thread_id = begun
            self.backend.open(begun)
        if not composer.text:  # what has been typed since the first frame stays
            composer.put(self.backend.draft(self.thread_id))
        self.frames.ask()

    def _used(self) -> bool:
        """Something has been sent already, before the start was through."""
        return bool(self.session.queue or self.session.live or self.session.history)

    def _begun(self) -> str:
        """The thread in which something was typed last and never sent, by an earlier life of the program; empty where there is none."""
        rows = [row for row in self.backend.threads().rows if row.draft and row.id != self.thread_id]
        return max(rows, key=lambda row: row.updated).id if rows else ""

    def on_unmount(self) -> None:
        self.frames.stop()
        self.canvas.window.leave()
        if self._stop_listening is not None:
            self._stop_listening()

    def changed(self, change: Change, thread_id: str) -> None:
        if change is not Change.SESSION:
            self.frames.ask()
        elif thread_id == self.thread_id and self.session is not self._painted:  # a frame may come before the news of what it shows
            self.frames.ask(words=True)

    # -- painting --------------------------------------------------------------------------------------------------

    def paint_frame(self, whole: bool) -> float | None:
        """Where an answer or a version goes on, its words; what stands beside them too where it is another, else five times a second."""
        session, now = self.session, self.backend.now()
        wait = self._whole_at + BESIDE_WORDS - now
        if whole or wait <= 0 or self._beside != self._beside_words():
            return self.paint()
        self._painted = session
        self.query_one(Transcript).show(self._with_server(session), now)
        if session.draft is not None:
            self.paint_canvas(session)
        return wait

    def show_frame(self) -> None:
        parts.paint_at_once(self)

    def _beside_words(self) -> tuple[object, ...]:
        """What makes a difference beside the words of the answer that comes."""
        session, run, link, draft = self.session, self.session.run, self.session.link, self.session.draft
        return (
            *map(session.__getattribute__, _BESIDE),
            run and (run.id, run.status, run.node, run.attempt, run.ahead, run.reconnects, run.stopped, run.ended_at, run.usage),
            run and run.first_token_at,
            (link.phase, link.then, link.failure),
            draft and (draft.standing, draft.version.index, draft.version.kind),
            len(session.live),
            self.backend.server(),
        )

    def paint(self) -> float | None:
        """Hand the newest state to every widget; each draws only what differs. Seconds until words change by themselves."""
        session, server, threads = self.session, self.backend.server(), self.backend.threads()
        self._whole_at = now = self.backend.now()
        self._painted = session
        self._beside = self._beside_words()
        pane = self.query_one(ThreadPane)
        pane.show(threads, self.thread_id)
        pane.refresh_ages()
        row = threads.row(self.thread_id)
        sidebar = self.query_one(RunSidebar)
        if sidebar.display:
            sidebar.show(session, server, now)
        self.query_one(Heading).show(row, "" if sidebar.display else server.name)
        self.paint_conversation(session, now, known=row is not None and not row.draft, listed=row is not None)
        self.paint_canvas(session)
        told = any(notice.until is None and notice.kind in AWAY for notice in session.notices)
        saved_at = row.updated if row is not None and session.history and not session.loaded else 0.0
        saved = f"What is shown was saved here {ago(saved_at, self.canvas.wall())}." if saved_at else ""
        self.query_one(ServerPanel).show(server, self.query_one("#conversation").size.width, told, saved)
        wire = self.query_one(WirePane)
        if wire.display:
            ids = (self.thread_id, session.run.id if session.run is not None else "")
            wire.show(self.backend.wire(self.thread_id), self.backend.server_log(), ids, now)
        self.query_one(QuestionPanel).show(session, self.canvas.keys.words("run.again"))
        self.paint_composer(session)
        self.paint_status(session, now)
        self.canvas.window.show(threads, session, seen=self.app.app_focus)
        later = next_change(session, now)
        return None if later is None else later - now

    def paint_conversation(self, session: Session, now: float, known: bool, listed: bool) -> None:
        """``known``: the server has the thread, so that there is something to be read. ``listed``: the list has it."""
        server, session = self.backend.server(), self._with_server(session)
        welcome, transcript = self.query_one(Welcome), self.query_one(Transcript)
        empty = not (session.history or session.live or session.queue or session.notices or session.state.values_text)
        stacked = self.has_class("-stacked")  # the canvas stands in their place
        self.query_one("#welcome-box").display = empty and not stacked
        welcome.display = server.phase is not ServerPhase.FAILED
        transcript.display = not empty and not stacked
        if empty:
            named = not listed and self.thread_id == self.canvas.options.first_thread
            strange = named and session.loaded and not session.state.exists
            welcome.show(server, loading=not session.loaded and (known or session.reading), strange=strange)
        else:
            transcript.show(session, now)

    def _with_server(self, session: Session) -> Session:
        """A server that could not be started or reached at all is told in the conversation."""
        server = self.backend.server()
        return replace(session, notices=inline(session, server)) if server.phase is ServerPhase.FAILED else session

    def paint_composer(self, session: Session) -> None:
        composer = self.query_one(Composer)
        composer.set_class(session.active, "-busy")
        key = self.canvas.keys.words("composer.when_busy")
        what = "queues" if self.when_busy is WhenBusy.QUEUE else "interrupts the run"
        subtitle = f"Enter {what}  {key} changes" if session.active else ""
        if composer.border_subtitle != subtitle:
            composer.border_subtitle = subtitle
        self.paint_placeholder()

    def paint_status(self, session: Session, now: float) -> None:
        signs, server = self.canvas.signs, self.backend.server()
        words = {
            ServerPhase.STARTING: ("starting the local agent" if server.local else "reaching the server", "$text-warning"),
            ServerPhase.DOWN: ("the server does not answer", "$text-warning"),
            ServerPhase.FAILED: ("no server", "$text-error"),
        }.get(server.phase)
        if words is None:
            style = "$text-success" if session.active else "$foreground 60%"
            words = (safe_line(run_words(session, now)) if session.run or session.interrupts else "ready", style)
        parts = [Content.styled(signs.running if session.active else signs.dot, words[1]), Content.styled(words[0], "$foreground 60%")]
        if waiting := waiting_line(session):
            parts.append(Content.styled(f"{signs.dot} {waiting}", "$text-warning"))
        if not self.query_one(ThreadPane).display and (others := elsewhere(self.backend.threads().rows, self.thread_id, signs)):
            parts += others
        self.query_one(Status).show(Content(" ").join(parts), self._hints(session))

    def _hints(self, session: Session) -> list[tuple[str, str, str]]:
        """The keys that help most where the focus is: (action, key, word)."""
        keys = self.canvas.keys
        if isinstance(self.focused, SearchLine):
            undo = ("thread.undo",) if self.backend.threads().undo is not None else ()
            own = keys.short(("thread.rename", "thread.delete", *undo, "program.help"))
            return [("", "Enter", "opens"), ("run.stop", keys.words("run.stop"), "back"), *own]
        if self.editor is not None:
            save, leave = keys.words("canvas.save"), keys.words("run.stop")
            return [("canvas.save", save, "save"), ("run.stop", leave, "leaves"), *keys.short(("canvas.actions", "program.quit"))]
        if self.mode.diff:
            following = {Mode.INLINE: "side by side", Mode.BESIDE: "read"}[self.mode]
            walk = f"{keys.words('conversation.previous')}/{keys.words('conversation.next')}"
            told = [
                ("canvas.diff", keys.words("canvas.diff"), following),
                ("", walk, "changes"),
                ("run.stop", keys.words("run.stop"), "read"),
            ]
            return [*told, *keys.short(("program.help", "program.quit"))]
        seen = ("canvas.actions", "canvas.edit", "canvas.diff") if self.has_class("-beside") or self.has_class("-stacked") else ()
        busy = ("run.stop", "thread.go") if session.active else (*seen, "thread.go")
        more = () if session.active else ("thread.new",)
        again = ("run.again",) if self.offers_again(session) else ()
        return keys.short(("program.help", "program.palette", *again, *busy, "program.quit", *more, "conversation.find"))

    def on_descendant_focus(self) -> None:
        self.frames.ask()  # other keys help there

    def on_app_focus(self) -> None:
        self.backend.refresh_threads()  # others may have done something, and ages have grown, while nobody looked
        self.frames.ask()

    # -- size ------------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self.fit()

    def fit(self) -> None:
        width, height = self.app.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-small")
        self.set_class(height < 18, "-low")
        if small:
            need = f"needs {SMALLEST[0]}x{SMALLEST[1]}"
            lines = ["canvas-tui", need, f"this is {width}x{height}"]
            self.query_one("#small", Lines).set_lines([Content(line) for line in lines[: max(1, height)]])
        self.panes.fit(width)
        if not small and self.focused is None:  # what is hidden has lost it
            self.set_focus(self.query_one(Composer), scroll_visible=False)

    def action_toggle_wire(self) -> None:
        wire = self.query_one(WirePane)
        wire.display = not wire.display
        if not wire.display:
            self.backend.watch_log(False)
        focus(wire if wire.display else self.composer)
        self.frames.ask()

    @on(WirePane.RowChosen)
    def _row_chosen(self, message: WirePane.RowChosen) -> None:
        from .event import EventScreen

        self.app.push_screen(EventScreen.of(message.row, self.backend.wire(self.thread_id)))

    @on(WirePane.LogAsked)
    def _log_asked(self, message: WirePane.LogAsked) -> None:
        self.backend.watch_log(message.on)

    @on(WirePane.Left)
    def _wire_left(self) -> None:
        focus(self.composer)

    def action_doctor(self) -> None:
        if self.canvas.doctor is not None:
            from .doctor import DoctorScreen

            self.app.push_screen(DoctorScreen(self.canvas.doctor, self.backend, self.thread_id, self.canvas.signs))

    def on_worker_state_changed(self) -> None:
        self.canvas.keys_go_on()  # which may have waited for it

    # -- what several parts need -----------------------------------------------------------------------------------

    async def do(self, action: str) -> None:
        """Carry out an action of the table, as its key does."""
        key = BY_ACTION[action]
        target = {Where.APP: self.app, Where.SCREEN: self, Where.COMPOSER: self.query_one(Composer)}[key.where]
        await self.app.run_action(key.do, default_namespace=target)

    @on(DoAction)
    async def _do(self, message: DoAction) -> None:
        await self.do(message.action)

    @on(Say)
    def _say(self, message: Say) -> None:
        self.canvas.say(message.text, message.warning)

    @on(CopyAsked)
    def _copy(self, message: CopyAsked) -> None:
        self.canvas.copy(message.text, message.what)
