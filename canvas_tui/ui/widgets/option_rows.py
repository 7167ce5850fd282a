"""Textual's lists of options, in which one sees what is chosen without colour as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandList
from textual.style import Style
from textual.widgets import OptionList

if TYPE_CHECKING:
    _Base = OptionList
else:
    _Base = object

_CHOSEN = "option-list--option-highlighted"


class _Reversed(_Base):
    """Mixin, before ``OptionList``, which leaves the stylesheet's reverse out."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        style = super().get_visual_style(*component_classes, partial=partial)
        return style + Style(reverse=True) if self.app.no_color and _CHOSEN in component_classes else style


class OptionRows(_Reversed, OptionList):
    pass


class CommandRows(_Reversed, CommandList):
    pass
