"""How Textual and rich have to be for `textual_parts` to work: names, parameters, words of their source. Nothing here touches them.

A test compares all of it with the Textual that is installed, and so tells at once of a new one that differs.
"""

from __future__ import annotations

VERSION = "8.2"
"""Of Textual; `pyproject.toml` asks for it too."""

PARTS = {
    "rich.cells": "load_cell_table(unicode_version)",
    "rich.console:Console": "_color_system",
    "rich.style:Style": "_attributes _set_attributes",
    "textual._ansi_sequences": "ANSI_SEQUENCES_KEYS",
    "textual._compositor:ChopsUpdate": "__init__(chops,spans,chop_ends)",
    "textual._compositor:Compositor": (
        "_dirty_regions _get_renders(crop) _render_chops(crop,is_rendered_line) render_partial_update() update_widgets(widgets) "
        "visible_widgets"
    ),
    "textual._compositor": "CompositorUpdate",
    "textual._compositor:LayoutUpdate": "__init__(strips,region)",
    "textual._context": "visible_screen_stack",
    "textual._parser:Parser": "_awaiting _gen",
    "textual._parser:Read1": "timeout",
    "textual._wrap": "compute_wrap_offsets(text,width,tab_size,fold,precomputed_tab_sections)",
    "textual._xterm_parser:XTermParser": "feed(data) last_x last_y mouse_pixels terminal_pixel_size terminal_size",
    "textual.app:App": (
        "_background_screens _batch_count _clipboard _context() _dom_ready _driver _exception _filters _handle_exception(error) "
        "_notifications _previous_cursor_position _sync_available"
    ),
    "textual.dom:DOMNode": "_bindings",
    "textual.document._document:Document": "_lines _newline",
    "textual.document._document_navigator:DocumentNavigator": "__init__(wrapped_document)",
    "textual.document._wrapped_document:WrappedDocument": (
        "_line_index_to_offsets _offset_to_line_info _tab_width _tab_width_cache _width _wrap_offsets height wrap(width,tab_width)"
    ),
    "textual.driver:Driver": "_auto_restart close() resume_application_mode() suspend_application_mode()",
    "textual.drivers.linux_driver": "selectors",
    "textual.drivers.linux_driver:LinuxDriver": "_file fileno disable_input() process_message(message) write(data)",
    "textual.message_pump:MessagePump": "_closed _running",
    "textual.screen:Screen": "_compositor _compositor_refresh() _dirty_widgets _layout_required _repaint_required _scroll_required",
    "textual.strip:Strip": "_render_cache render(console)",
    "textual.widget:Widget": "_layout_required _refresh_styles_required _repaint_required _scroll_required",
    "textual.widgets:TextArea": (
        "_build_highlight_map() _line_cache _replace_via_keyboard(insert,start,end) _rewrap_and_refresh_virtual_size()"
    ),
}
"""By the class or module that has them; with the parameters of what is called."""

READ = (
    ("textual._compositor:Compositor._render_chops", "for region, clip, strips in renders:"),
    ("textual._xterm_parser:XTermParser.parse", "read1(constants.ESCAPE_DELAY)"),
    ("textual._xterm_parser:XTermParser.parse", "paste_buffer.append(character)"),
    ("textual._xterm_parser:XTermParser.parse", "bracketed_paste = True"),
    ("textual._xterm_parser:XTermParser.parse", '"".join(paste_buffer[:-1])'),
    ("textual.app:App._begin_update", "self._sync_available"),
    ("textual.app:App._display", "if self._batch_count:"),
    ("textual.driver:Driver.suspend_application_mode", "self.stop_application_mode()\n        self.close()"),
    ("textual.drivers.linux_driver:LinuxDriver.__init__", "signal.signal(signal.SIGCONT,"),
    ("textual.drivers.linux_driver:LinuxDriver.close", "self._writer_thread.stop()"),
    ("textual.drivers.linux_driver:LinuxDriver.run_input_thread", "selector = selectors.SelectSelector()"),
    ("textual.drivers.linux_driver:LinuxDriver.run_input_thread", "while not self.exit_event.is_set():"),
    ("textual.drivers.linux_driver:LinuxDriver.run_input_thread", "selector.select(0.1)"),
    ("textual.drivers.linux_driver:LinuxDriver.run_input_thread", "self.process_message(event)"),
    ("textual.drivers.linux_driver:LinuxDriver.start_application_mode", "WriterThread(self._file)"),
    ("textual.drivers.linux_driver:LinuxDriver.start_application_mode", "x1b[?1049h"),
    ("textual.drivers.linux_driver:LinuxDriver.stop_application_mode", "self.disable_input()"),
    ("textual.drivers.linux_driver:LinuxDriver.stop_application_mode", "x1b[?1049l"),
    ("textual.screen:Screen._compositor_refresh", "app._display("),
    ("textual.screen:Screen._compositor_refresh", "self._dirty_widgets.clear()"),
    ("textual.widget:Widget._check_refresh", "if self._repaint_required:\n                    self._repaint_required = False"),
    (
        "textual.screen:Screen._on_timer_update",
        "self._compositor.update_widgets(self._dirty_widgets)\n                self._compositor_refresh()",
    ),
    ("textual.screen:Screen._on_timer_update", "self._layout_required = False\n                self._dirty_widgets.clear()"),
    ("textual.screen:Screen._on_timer_update", "self._dirty_widgets.add(self)\n                self._repaint_required = False"),
    ("textual.screen:Screen._refresh_layout", "self._compositor_refresh()"),
    ("textual.screen:Screen._screen_resized", "self._refresh_layout(size)"),
)
"""What has to stand in the source of a part, as it is relied on."""

OVERRIDES = {
    "canvas_tui.ui.app:CanvasApp._check_bindings": "textual.app:App._check_bindings(key,priority)",
    "canvas_tui.ui.app:CanvasApp._fatal_error": "textual.app:App._fatal_error()",
    "canvas_tui.ui.painting.app:OwnPainting._build_driver": "textual.app:App._build_driver(headless,inline,mouse,size)",
    "canvas_tui.ui.painting.app:OwnPainting._display": "textual.app:App._display(screen,renderable)",
    "canvas_tui.ui.painting.app:OwnPainting._end_batch": "textual.app:App._end_batch()",
    "canvas_tui.ui.painting.resizing:LaidOutFirst._compositor_refresh": "textual.screen:Screen._compositor_refresh()",
    "canvas_tui.ui.painting.resizing:LaidOutFirst._screen_resized": "textual.screen:Screen._screen_resized(size)",
    "canvas_tui.ui.widgets.canvas_editor:CanvasEditor._set_document": "textual.widgets:TextArea._set_document(text,language)",
    "canvas_tui.ui.widgets.composer:Composer._on_key": "textual.widgets:TextArea._on_key(event)",
    "canvas_tui.ui.widgets.composer:Composer._on_paste": "textual.widgets:TextArea._on_paste(event)",
    "canvas_tui.ui.widgets.in_order:InOrder._on_key": "textual.widgets:TextArea._on_key(event)",
}
"""Methods of ours, which have to live in their classes, and what they stand before."""
