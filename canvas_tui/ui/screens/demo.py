"""The program as a demonstration: a line that says so all the while, and one key for the list of faults."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from canvas_tui.core.ports import Backend, Demonstration, Preferences, ScreenOptions

from ..app import CanvasApp

KEY = "f6"


class Banner(Static):
    """Never goes away: nobody shall take a made fault for a true one."""

    DEFAULT_CSS = """
    Banner { dock: top; height: auto; max-height: 2; padding: 0 1; background: $warning 30%; color: $foreground; }
    """

    def show(self, line: str) -> None:
        self.update(Content.assemble((" DEMONSTRATION ", "bold $background on $warning"), " ", line, (f"  {KEY.upper()} faults", "bold")))


class FaultsScreen(ModalScreen[str]):
    """All faults; the chosen one's name is the result."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(f"escape,{KEY}", "dismiss", show=False)]
    DEFAULT_CSS = """
    FaultsScreen > Vertical { width: 92; max-width: 94%; height: auto; max-height: 90%; padding: 1 1; background: $surface; border: round $border; }
    FaultsScreen OptionList { height: auto; max-height: 100%; border: none; background: $surface; padding: 0; }
    App.-ascii FaultsScreen > Vertical { border: ascii $border; }
    """

    def __init__(self, demonstration: Demonstration) -> None:
        super().__init__()
        self._faults = demonstration.faults()

    def compose(self) -> ComposeResult:
        width = max(len(name) for name, _ in self._faults)
        with Vertical() as box:
            box.border_title = "Faults: they act at once"
            box.border_subtitle = "Enter makes it, Esc closes"
            yield OptionList(
                *(
                    Option(Content.assemble((name.ljust(width), "bold"), "  ", (line, "$foreground 80%")), id=name)
                    for name, line in self._faults
                )
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id or "")


class DemoCommands(Provider):
    """Each fault in the command palette."""

    def _faults(self) -> list[tuple[str, Callable[[], None]]]:
        app = self.app
        assert isinstance(app, DemoApp)
        return [(f"Fault: {name} ({line})", partial(app.demonstration.apply, name)) for name, line in app.demonstration.faults()]

    async def discover(self) -> Hits:
        for text, run in self._faults():
            yield DiscoveryHit(Content(text), run, text=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, run in self._faults():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, Content(text), run, text=text)


class DemoApp(CanvasApp):
    """``CanvasApp`` with a demonstration."""

    BINDINGS: ClassVar[list[BindingType]] = [*CanvasApp.BINDINGS, Binding(KEY, "faults", "Faults", show=False, priority=True)]
    COMMANDS: ClassVar = {DemoCommands}

    def __init__(self, backend: Backend, options: ScreenOptions, preferences: Preferences, demonstration: Demonstration) -> None:
        super().__init__(backend, options, preferences)
        self.demonstration = demonstration

    async def on_mount(self) -> None:
        banner = Banner(id="demonstration")
        await self.main.mount(banner, before=0)
        banner.show(self.demonstration.line())
        self.demonstration.listen(lambda: banner.show(self.demonstration.line()))

    def action_faults(self) -> None:
        if not isinstance(self.screen, FaultsScreen):
            self.push_screen(FaultsScreen(self.demonstration), self._make)

    def _make(self, name: str | None) -> None:
        if name:
            self.demonstration.apply(name)
