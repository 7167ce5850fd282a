"""The run on the right: server, state in words, times, tokens and their rate, the two clocks, ids that copy on a click."""

from __future__ import annotations

from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content

from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Run, RunStatus, ServerPhase, ServerState, Session
from canvas_tui.core.notices import run_words, seconds
from canvas_tui.core.safe_text import safe_line

from ..ages import size, span
from ..glyphs import Glyphs
from ..graph import full, level
from ..messages import CopyAsked
from .lines import Lines, cut

LABEL = 11
MARGIN = 1


@frozen
class Row:
    """A line of the sidebar: a heading (no value), a label with its value, or free content. ``copy``: what a click copies."""

    label: str = ""
    value: str = ""
    style: str = ""
    copy: str = ""
    what: str = ""


class RunSidebar(Lines):
    """``show`` draws only what differs from what stands."""

    def __init__(self, signs: Glyphs) -> None:
        super().__init__(id="run")
        self._signs = signs
        self._rows: list[Row] = []

    def show(self, session: Session, server: ServerState, now: float) -> None:
        sections = (self._server(server), self._run(session, now), self._link(session, now), self._ids(session))
        self._rows = [row for section in sections if section for row in (*section, Row())]
        self.set_lines([self._line(row) for row in self._rows])

    def _line(self, row: Row) -> Content:
        margin = " " * MARGIN
        if not row.value:
            return Content.assemble(margin, (row.label, "bold")) if row.label else Content("")
        if not row.label:
            return Content.assemble(margin, self._fitted(row, max(8, self.size.width - 2 * MARGIN)))
        return Content.assemble(margin, (row.label.ljust(LABEL), "$foreground 60%"), " ", self._fitted(row, self._room))

    def _fitted(self, row: Row, room: int) -> Content:
        """Values keep off the edge."""
        value = Content.styled(row.value, row.style)
        return cut(value, room, self._signs.ellipsis) if value.cell_length > room else value

    @property
    def _room(self) -> int:
        """Cells for a value beside its label."""
        return max(8, self.size.width - LABEL - 2 * MARGIN - 1)

    def _server(self, server: ServerState) -> list[Row]:
        name = safe_line(server.name or server.url)
        kind = " ".join(part for part in (str(server.kind), safe_line(server.version)) if part)
        state = {ServerPhase.STARTING: "starting", ServerPhase.DOWN: "does not answer", ServerPhase.FAILED: "not there"}.get(
            server.phase, ""
        )
        rows = [
            Row("Server"),
            Row("name", name),
            Row("kind", kind),
            Row("agent", safe_line(server.assistant)),
            Row("model", safe_line(server.model)),
            Row("state", state, "$text-warning"),
        ]
        return [row for row in rows if row.value or row.label == "Server"]

    def _run(self, session: Session, now: float) -> list[Row]:
        run = session.run
        if run is None:
            return [Row("Run"), Row(value=run_words(session, now), style="$foreground 60%")]
        end = run.ended_at if run.ended_at is not None else now
        rows = [Row("Run"), *self._state(session, run, now), Row("elapsed", seconds(end - run.started_at))]
        if run.first_token_at is not None and not run.late:
            rows.append(Row("first token", span(run.first_token_at - run.started_at)))
        if run.tokens:
            rows += self._tokens(run, end)
        if run.usage is not None:
            words = f"{run.usage.input:,} in, {run.usage.output:,} out"
            rows.append(Row("usage", words if len(words) <= self._room else f"{run.usage.input:,} / {run.usage.output:,}"))
        if run.attempt > 1:
            rows.append(Row("attempt", str(run.attempt), "$text-warning"))
        return rows

    def _state(self, session: Session, run: Run, now: float) -> list[Row]:
        """A node's name, which the graph chose, stands where other values do, a long one below."""
        state, style = run_words(session, now), _STATE.get(run.status, "")
        plain = run_words(replace(session, run=replace(run, node="")), now)
        if state == plain:
            return [Row(value=state, style=style)]
        node = safe_line(run.node)
        if cell_len(node) <= self._room:
            return [Row(f"{plain} in", node, style)]
        return [Row(value=f"{plain} in", style="$foreground 60%"), Row(value=node, style=style)]

    def _tokens(self, run: Run, end: float) -> list[Row]:
        since = run.started_at if run.late else run.first_token_at if run.first_token_at is not None else end
        rate = run.tokens / max(end - since, 1.0)
        rows = [Row("tokens", f"{run.tokens:,}  {rate:.0f}/s")]
        if line := spark(run.buckets, self._signs.spark, self._room):
            rows.append(Row("rate", line, "$text-primary"))
        return rows

    def _link(self, session: Session, now: float) -> list[Row]:
        run, link = session.run, session.link
        if run is None:
            return []
        rows = [Row("Stream")]
        if session.active and link.conn:
            rows += [Row(label, span_ago(now - at)) for label, at in (("last byte", link.byte_at), ("last event", link.event_at)) if at]
        rows.append(Row("events", f"{run.events:,}"))
        rows.append(Row("received", size(run.received)))
        rows.append(
            Row("rejoined", "once" if run.reconnects == 1 else f"{run.reconnects} times", "$text-warning") if run.reconnects else Row()
        )
        return [row for row in rows if row.label]

    def _ids(self, session: Session) -> list[Row]:
        rows = [Row("Ids"), self._id_row("thread", session.thread_id)]
        if session.run is not None and session.run.id:
            rows.append(self._id_row("run", session.run.id))
        return rows

    def _id_row(self, label: str, value: str) -> Row:
        return Row(label, safe_line(value), "underline", value, f"{label} id")

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        event.stop()
        row = self._rows[event.y]
        if row.copy:
            self.post_message(CopyAsked(row.copy, row.what))


_STATE = {RunStatus.ERROR: "$text-error", RunStatus.TIMEOUT: "$text-error", RunStatus.LOST: "$text-error"}


def span_ago(gone: float) -> str:
    return "now" if gone < 1 else f"{seconds(gone)} ago"


def spark(buckets: tuple[int, ...], levels: str, width: int) -> str:
    """The newest seconds as a line of signs; the lowest is nothing at all."""
    shown = buckets[-width:]
    top = full(shown)
    return "".join(level(count, top, levels[1:]) if count else levels[0] for count in shown) if top else ""
