"""What Textual and rich keep to themselves and this program stands on: handed out here, and touched nowhere else.

`textual_pins` names each part with the shape that is relied on; a test finds private names of Textual's that are used past this module.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from inspect import getgeneratorlocals
from selectors import EVENT_READ, BaseSelector
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from rich import cells as _rich_cells
from rich.color import ColorSystem
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual._context import visible_screen_stack
from textual._wrap import compute_wrap_offsets
from textual._xterm_parser import XTermParser
from textual.document._document import Document
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import Console
    from rich.style import Style
    from textual.app import App
    from textual.binding import Binding
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.geometry import Offset, Region
    from textual.message import Message
    from textual.notifications import Notifications
    from textual.screen import Screen
    from textual.widgets import TextArea
    from textual.widgets.text_area import EditResult

# -- the app ---------------------------------------------------------------------------------------------------------------


def driver(app: App[Any]) -> Driver | None:
    return app._driver


def toasts(app: App[Any]) -> Notifications:
    return app._notifications


def running(app: App[Any]) -> bool:
    """It has a terminal, or what stands for one, and has not begun to end."""
    return app._running and not app._closed and app._driver is not None


def in_batch(app: App[Any]) -> bool:
    return bool(app._batch_count)


def stands(app: App[Any]) -> bool:
    """Its first screen does."""
    return app._dom_ready


def fail(app: App[Any], error: Exception) -> None:
    """End it, as after an error in a handler."""
    app._handle_exception(error)


def failure(app: App[Any]) -> Exception | None:
    return app._exception


def context(app: App[Any]) -> AbstractContextManager[None]:
    """For what the loop calls outside of Textual's tasks: without it, styles that name colours of the theme come out empty, and stay in
    caches."""
    return app._context()


def write(app: App[Any], sequence: str) -> None:
    """To the terminal, past the painting."""
    if app._driver is not None:
        app._driver.write(sequence)


def set_filters(app: App[Any], *filters: LineFilter) -> None:
    app._filters[:] = filters


def keep_clipboard(app: App[Any], text: str) -> None:
    """What Textual's own fields paste."""
    app._clipboard = text


def colors(console: Console) -> ColorSystem:
    return console._color_system or ColorSystem.TRUECOLOR


def synchronizes(app: App[Any]) -> bool:
    return app._sync_available


def cursor_stands(app: App[Any], at: Offset) -> None:
    app._previous_cursor_position = at


# -- the driver ------------------------------------------------------------------------------------------------------------


def file_of(driver: Driver) -> Any:
    """What its writer thread is to write to; None: it has none. Textual's is stderr: where that goes to a file, or is closed, nobody would
    see anything of the program, so it is the terminal that stdout goes to then."""
    if not hasattr(driver, "_file"):
        return None
    file, out = driver._file, sys.__stdout__
    elsewhere = file is None or not file.isatty()
    return out if elsewhere and out is not None and out.isatty() else file


def wire(driver: Driver, file: Any = None, **methods: Callable[..., None]) -> None:
    """Put these in place of its own."""
    vars(driver).update(methods if file is None else {**methods, "_file": file})


def restarts(driver: Driver) -> bool:
    """It takes the terminal again by itself when the process goes on."""
    return driver._auto_restart


def has_terminal(driver: Driver) -> bool:
    """One that has not hung up."""
    return os.isatty(cast(Any, driver).fileno)


def wait_with(selector: Callable[[], BaseSelector]) -> None:
    """Drivers wait for input with what this makes, in the thread that reads."""
    from textual.drivers import linux_driver

    vars(linux_driver)["selectors"] = SimpleNamespace(SelectSelector=selector, EVENT_READ=EVENT_READ)


# -- the compositor --------------------------------------------------------------------------------------------------------

Renders = Iterable[tuple["Region", "Region", list[Strip]]]
textual_renders, textual_partial_update = Compositor._get_renders, Compositor.render_partial_update


def compositor(screen: Screen[Any]) -> Compositor:
    return screen._compositor


def whole_after_layout(screen: Screen[Any]) -> bool:
    """It is to be laid out, and after that to be painted as a whole."""
    return screen._layout_required and screen._repaint_required


def paint_at_once(screen: Screen[Any]) -> None:
    """Paint now what its widgets have asked to be painted, where that is all they have asked for. Without this each of them tells the
    screen by a message when it is idle, and the screen waits for the next tick of a timer, up to 16 ms."""
    if not screen.is_current or screen.app._batch_count or screen._repaint_required:
        return
    seen = (screen, *screen._compositor.visible_widgets)
    if any(widget._layout_required or widget._scroll_required or widget._refresh_styles_required for widget in seen):
        return
    asking = [widget for widget in seen if widget._repaint_required]
    for widget in asking:
        widget._repaint_required = False
    screen._dirty_widgets.update(asking)
    if screen._dirty_widgets:
        screen._compositor.update_widgets(screen._dirty_widgets)
        screen._compositor_refresh()


def dirty(compositor: Compositor) -> set[Region]:
    return compositor._dirty_regions


def render_with(renders: Callable[..., Renders], partial_update: Callable[[Compositor], ChopsUpdate | None]) -> None:
    """All compositors render so from now on."""
    Compositor._get_renders = renders  # type: ignore[method-assign]
    Compositor.render_partial_update = partial_update  # type: ignore[method-assign,assignment]


def render_rows(app: App[Any], compositor: Compositor, wanted: set[int]) -> Iterator[tuple[int, list[Strip]]]:
    """Whole rows, with what a screen of translucent background is drawn over."""
    visible_screen_stack.set(app._background_screens)
    chops = compositor._render_chops(compositor.size.region, wanted.__contains__)
    return ((y, [strip for strip in chops[y].values() if strip is not None]) for y in sorted(wanted))


# -- strips, styles, cells -------------------------------------------------------------------------------------------------

textual_render = Strip.render


def render_strips_with(render: Callable[[Strip, Console], str]) -> None:
    Strip.render = render  # type: ignore[method-assign,assignment]


def is_rendered(strip: Strip) -> bool:
    return strip._render_cache is not None


def keep_rendered(strip: Strip, text: str) -> None:
    strip._render_cache = text


def attribute_bits(style: Style) -> int:
    """Bold, dim and the like, as bits."""
    return style._attributes & style._set_attributes


_cells = cast(Any, _rich_cells)  # rich says nothing of its table's loader to type checkers
load_cell_table: Callable[[str], Any] = _cells.load_cell_table


def measure_with(load: Callable[[str], Any]) -> bool:
    """Rich takes its table of widths from there; False: it does so already."""
    if _cells.load_cell_table is load:
        return False
    _cells.load_cell_table = load
    return True


# -- the parser of the terminal's input ------------------------------------------------------------------------------------

known_sequences = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
"""Keys by what terminals send."""
textual_feed = XTermParser.feed
_STATE = ("last_x", "last_y", "mouse_pixels", "terminal_size", "terminal_pixel_size")


def feed_with(feed: Callable[[XTermParser, str], Iterable[Message]]) -> None:
    setattr(XTermParser, "feed", feed)  # noqa: B010 - a type checker would not let us otherwise


def in_sequence(parser: XTermParser) -> bool:
    """The beginning of a sequence has come, not its end."""
    return parser._awaiting.timeout is not None


def pasting(parser: XTermParser) -> list[str] | None:
    """The pieces of the paste that is coming, if one is."""
    state = {} if in_sequence(parser) else getgeneratorlocals(parser._gen)
    return cast("list[str]", state["paste_buffer"]) if state.get("bracketed_paste") else None


def read_aside(parser: XTermParser, sequence: str) -> list[Message]:
    """What a whole sequence says, by itself."""
    other = XTermParser()
    for name in _STATE:
        setattr(other, name, getattr(parser, name))
    told = list(textual_feed(other, sequence))
    for name in _STATE:
        setattr(parser, name, getattr(other, name))
    return told


# -- fields and documents --------------------------------------------------------------------------------------------------


def bindings(field: DOMNode, key: str) -> Sequence[Binding]:
    return field._bindings.key_to_bindings.get(key, ())


def type_in(area: TextArea, text: str) -> EditResult | None:
    """As if typed: in place of the selection, to be undone by itself."""
    return area._replace_via_keyboard(text, *area.selection)


def show_wrapped(area: TextArea, wrapped: WrappedDocument) -> None:
    """In place of the field's own, with the cursor at its start."""
    area.wrapped_document, area.navigator = wrapped, DocumentNavigator(wrapped)
    area._build_highlight_map()
    area.move_cursor((0, 0))
    area._rewrap_and_refresh_virtual_size()


def draw_lines_anew(area: TextArea) -> None:
    area._line_cache.clear()


def set_lines(document: Document, lines: list[str], newline: str) -> None:
    document._lines, document._newline = lines, cast(Any, newline)


def tab_width(wrapped: WrappedDocument) -> int:
    return wrapped._tab_width


def is_wrapped(wrapped: WrappedDocument, width: int, tab_width: int) -> bool:
    """All of its lines are, at this width."""
    same = (wrapped._width, wrapped._tab_width) == (width, tab_width)
    return same and len(wrapped._wrap_offsets) == wrapped.document.line_count


def rows_of(wrapped: WrappedDocument) -> int:
    return len(wrapped._offset_to_line_info)


def set_wrapping(
    wrapped: WrappedDocument,
    width: int,
    tab_width: int,
    breaks: list[list[int]],
    tabs: list[list[int]],
    lines_of_rows: list[tuple[int, int]],
    rows_of_lines: list[list[int]],
) -> None:
    wrapped._width, wrapped._tab_width = width, tab_width
    wrapped._wrap_offsets, wrapped._tab_width_cache = breaks, tabs
    wrapped._offset_to_line_info, wrapped._line_index_to_offsets = lines_of_rows, rows_of_lines


__all__ = ["ChopsUpdate", "Compositor", "CompositorUpdate", "Document", "LayoutUpdate", "WrappedDocument", "XTermParser"]
__all__ += ["compute_wrap_offsets"]
