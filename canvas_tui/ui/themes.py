"""The program's own looks. Textual's themes can be chosen as well."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="canvas-dark",
    primary="#7aa7d9",
    secondary="#8fb8a0",
    accent="#d8a86a",
    warning="#d9a54a",
    error="#e0727a",
    success="#83b98a",
    foreground="#d6dae2",
    background="#15181d",
    surface="#1b1f26",
    panel="#232831",
    dark=True,
    variables={"border": "#4a5568", "border-blurred": "#303743", "input-selection-background": "#7aa7d9 30%"},
)

LIGHT = Theme(
    name="canvas-light",
    primary="#2b689c",
    secondary="#3e7a5c",
    accent="#a05f14",
    warning="#946200",
    error="#b3303a",
    success="#2f7a46",
    foreground="#2a2f38",
    background="#fcfbf8",
    surface="#f4f2ec",
    panel="#e9e6de",
    dark=False,
    variables={"border": "#9aa3ae", "border-blurred": "#d3d0c8", "input-selection-background": "#2b689c 25%"},
)

OWN = (DARK, LIGHT)

FEWER = (
    replace(
        DARK,
        background="#121212",
        surface="#1c1c1c",
        panel="#262626",
        variables=DARK.variables | {"border": "#585858", "border-blurred": "#3a3a3a"},
    ),
    replace(
        LIGHT,
        background="#ffffff",
        surface="#f4f4f4",
        panel="#eaeaea",
        variables=LIGHT.variables | {"border": "#9e9e9e", "border-blurred": "#d0d0d0"},
    ),
)
"""The same for terminals with 256 colours: grounds that are in their table. The nearest of our own there are navy and yellow."""


def names() -> set[str]:
    """Every theme that there is: our own and Textual's."""
    return {theme.name for theme in OWN} | set(BUILTIN_THEMES)
