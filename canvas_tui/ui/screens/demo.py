"""What a demonstration adds to the screen: a line that says so all the while, the list of faults, the faults in the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from canvas_tui.core.ports import Demonstration

from ..widgets.option_rows import OptionRows

if TYPE_CHECKING:
    from ..demo import DemoApp

KEY = "f12"


class Banner(Static):
    """Never goes away: nobody shall take a made fault, or what is long over, for a true one."""

    DEFAULT_CSS = """
    Banner { dock: top; height: auto; max-height: 2; padding: 0 1; background: $warning 30%; color: $foreground; }
    """

    def __init__(self, what: str, hint: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._what = what
        self._hint = hint

    def show(self, line: str) -> None:
        self.update(Content.assemble((f" {self._what} ", "bold $background on $warning"), " ", line, (f"  {self._hint}", "bold")))


class FaultsScreen(ModalScreen[str]):
    """All faults; the chosen one's name is the result."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]
    DEFAULT_CSS = """
    FaultsScreen > Vertical {
        width: 92;
        max-width: 94%;
        height: auto;
        max-height: 90%;
        padding: 1 1;
        background: $surface;
        border: round $border;
    }
    FaultsScreen OptionList, FaultsScreen OptionList:focus {
        height: auto;
        max-height: 100%;
        border: none;
        padding: 0;
        background: $surface;
    }
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
            yield OptionRows(
                *(
                    Option(Content.assemble((name.ljust(width), "bold"), "  ", (line, "$foreground 80%")), id=name)
                    for name, line in self._faults
                ),
                markup=False,
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id or "")


class DemoCommands(Provider):
    """Each fault in the command palette."""

    def _faults(self) -> list[tuple[str, Callable[[], None]]]:
        demonstration = cast("DemoApp", self.app).demonstration
        return [(f"Fault: {name} ({line})", partial(demonstration.apply, name)) for name, line in demonstration.faults()]

    async def discover(self) -> Hits:
        for text, run in self._faults():
            yield DiscoveryHit(Content(text), run, text=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, run in self._faults():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, Content(text), run, text=text)
