"""Small pieces of the transcript: folds, tool calls, notices and questions as lines."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from canvas_tui.core.model import Message, ToolCall
from canvas_tui.core.notices import Act, Level, Words
from canvas_tui.core.safe_text import safe, safe_line

from ..render.code import code_block
from ..render.inline import META, plain_runs
from ..render.lines import Line, Run, blank, prefix_lines, wrap
from .lines_entries import Context

_ARGS = 120  # characters of a call's arguments in its one line
_RESULT = 400  # characters of a result in its one line
_OPENED = 20_000  # characters shown of an opened call, its arguments and result each


def clickable(style: Style, kind: str, *what: str) -> Style:
    return style + Style(meta={META: (kind, *what)})


def fold_text(key: str, words: str, context: Context, fill: Style) -> Line:
    """Offers what is folded below it."""
    glyph = context.look.glyphs.closed
    return Line([Segment(f"{glyph} {words}", clickable(fill + context.look.action, "fold", key))], fill)


def one_line(runs: list[Run], context: Context, fill: Style) -> Line:
    """The runs cut off at the width."""
    room, segments = context.room, []
    for text, style in runs:
        if room <= 0:
            break
        size = cell_len(text)
        if size > room:
            end = context.look.glyphs.ellipsis
            segments.append(Segment(set_cell_size(text, max(0, room - cell_len(end))) + end, style))
            break
        segments.append(Segment(text, style))
        room -= size
    return Line(segments, fill)


def fold_line(key: str, label: list[Run], context: Context) -> Line:
    """A line that opens and closes: its arrow, then the label."""
    look = context.look
    glyph = look.glyphs.opened if key in context.opened else look.glyphs.closed
    base = look.text
    runs = [(f"{glyph} ", base + look.tool), *label]
    return one_line([(text, clickable(style, "fold", key)) for text, style in runs], context, base)


def thinking_lines(key: str, thinking: str, writing: bool, context: Context) -> list[Line]:
    look = context.look
    style = look.text + look.thinking
    count = len(thinking.split())
    word = "word" if count == 1 else "words"
    label = f"thinking{look.glyphs.ellipsis} " if writing else "thinking "
    lines = [fold_line(key, [(label, style), (f"{look.glyphs.dot} {count:,} {word}", look.text + look.muted)], context)]
    if key in context.opened:
        bar = [Segment(look.glyphs.quote, look.text + look.rule), Segment(" ", look.text)]
        lines += prefix_lines(wrap([(safe(thinking[-_OPENED:]).expandtabs(4).strip(), style)], context.room - 2, look.text), bar, bar)
    return lines


def pretty_json(text: str) -> str:
    """JSON text indented where it is whole, else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def call_words(call: ToolCall) -> str:
    """``lookup(query="weather")`` of a call; arguments that are still streaming as they stand."""
    try:
        args = json.loads(call.args) if call.args else {}
    except ValueError:
        args = None
    if isinstance(args, dict):
        inside = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in args.items())
    else:
        inside = call.args
    inside = safe_line(inside[: 2 * _ARGS])
    return f"{safe_line(call.name) or 'tool'}({inside if len(inside) <= _ARGS else inside[: _ARGS - 1] + '…'})"


def tool_lines(key: str, call: ToolCall, result: Message | None, context: Context) -> list[Line]:
    """Call and result in one line that opens."""
    look = context.look
    base = look.text
    arrow = f" {look.glyphs.arrow} "
    label: list[Run] = [(call_words(call), base + look.tool)]
    if result is None:
        label.append((arrow + look.glyphs.ellipsis, base + look.muted))
    elif result.failed:
        label += [(arrow, base + look.muted), (f"{look.glyphs.error} {_first_words(result.text)}", base + look.error)]
    else:
        label += [(arrow, base + look.muted), (_first_words(result.text), base + look.muted)]
    lines = [fold_line(key, label, context)]
    if key in context.opened:
        inner = context.room - 2
        body: list[Line] = []
        if call.args.strip() not in ("", "{}"):
            body += code_block(safe(pretty_json(call.args)[:_OPENED]), "json", look, inner)
        if result is not None:
            if body:
                body.append(blank(base))
            body += wrap(
                plain_runs(safe(_capped(result.text)).expandtabs(4), look, base + (look.error if result.failed else look.quote)),
                inner,
                base,
            )
        indent = [Segment("  ", base)]
        lines += prefix_lines(body, indent, indent)
    return lines


def _first_words(text: str) -> str:
    return safe_line(" ".join(text[:_RESULT].split())) or "(nothing)"


def _capped(text: str) -> str:
    rest = len(text) - _OPENED
    return text if rest <= 0 else f"{text[:_OPENED]}\n… {rest:,} more characters"


_LEVELS = {Level.QUIET: "muted", Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}


def notice_lines(key: str, words: Words, context: Context) -> list[Line]:
    """The sentence with its sign, what can be done about it, and its details where they are opened."""
    look = context.look
    base = look.text
    glyph = {Level.WARNING: look.glyphs.warning, Level.ERROR: look.glyphs.error}.get(words.level, look.glyphs.dot)
    style = base + getattr(look, _LEVELS[words.level])
    runs: list[Run] = [(words.text, style)]
    acts = [act for act in words.acts if act in context.words and (act is not Act.DETAILS or words.details)]
    for act in acts:
        text = context.words[act]
        runs += [("  ", base), (text.replace(" ", "\u00a0"), clickable(base + look.action, "act", key, act.value))]
    bar = [Segment(f"{glyph} ", style)]
    lines = prefix_lines(wrap(runs, context.room - 2, base), bar, [Segment("  ", base)])
    if key in context.opened and words.details:
        edge = [Segment(f"  {look.glyphs.quote} ", base + look.rule)]
        lines += prefix_lines(wrap([(words.details.expandtabs(4), base + look.muted)], context.room - 4, base), edge, edge)
    return lines


def question_lines(texts: Sequence[tuple[str, str]], context: Context) -> list[Line]:
    """Questions of the graph: (what it asks, details)."""
    look = context.look
    base = look.text
    lines: list[Line] = []
    bar = [Segment(f"{look.glyphs.quote} ", base + look.question)]
    for prompt, details in texts:
        if lines:
            lines.append(Line(bar, base, skip=2))
        lines += prefix_lines(wrap(plain_runs(safe(prompt).expandtabs(4), look, base + look.strong), context.room - 2, base), bar, bar)
        if details:
            lines += prefix_lines(wrap([(safe(details[:_OPENED]).expandtabs(4), base + look.muted)], context.room - 2, base), bar, bar)
    return lines
