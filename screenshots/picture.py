"""A terminal's screen as SVG: what stands in each cell, in its colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from pyte.screens import Char

from tests.support.pty_screen import Emulator

CELL, LINE, SIZE = 8.43, 18, 14
PAD, BAR = 12, 30
FONT = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace"

_BASE = {
    "black": "000000",
    "red": "cd3131",
    "green": "0dbc79",
    "brown": "e5e510",
    "blue": "2472c8",
    "magenta": "bc3fbc",
    "cyan": "11a8cd",
    "white": "e5e5e5",
}


@dataclass(frozen=True, slots=True)
class Colours:
    """Of the terminal around the program."""

    foreground: str
    background: str
    frame: str


DARK = Colours("d8d8d8", "101010", "2a2a2e")
LIGHT = Colours("202020", "ffffff", "e2e2e6")


def svg(screen: Emulator, title: str, colours: Colours = DARK, *, exact: bool = False) -> str:
    """The whole screen with a window's frame around it.

    Browsers fit words into their cells; ``exact`` gives every letter its place, for renderers that do not.
    """
    width, height = screen.columns * CELL + 2 * PAD, screen.rows * LINE + 2 * PAD + BAR
    dots = "".join(
        f'<circle cx="{20 + 18 * n}" cy="{BAR / 2}" r="5.5" fill="{fill}"/>' for n, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    body = "".join(part for row, cells in enumerate(screen.cells()) for part in _row(row, cells, colours, exact))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="9" fill="#{colours.frame}"/>{dots}\n'
        f'<text x="50%" y="{BAR / 2 + 4.5}" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#888">'
        f"{escape(title)}</text>\n"
        f'<rect x="1" y="{BAR}" width="{width - 2:.0f}" height="{height - BAR - 1:.0f}" rx="8" fill="#{colours.background}"/>\n'
        f'<g font-family="{FONT}" font-size="{SIZE}" transform="translate({PAD} {BAR + PAD})" xml:space="preserve">\n{body}</g>\n</svg>\n'
    )


def _paint(cell: Char, colours: Colours) -> tuple[str, str, bool, bool, bool, bool]:
    """(foreground, background, bold, italics, underscore, struck) of a cell."""
    foreground, background = _colour(cell.fg, colours.foreground), _colour(cell.bg, colours.background)
    if cell.reverse:
        foreground, background = background, foreground
    return foreground, background, cell.bold, cell.italics, cell.underscore, cell.strikethrough


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    bright = name.removeprefix("bright")
    return _BASE.get(bright, name)


def _row(row: int, cells: list[Char], colours: Colours, exact: bool) -> Iterator[str]:
    y = row * LINE
    column = 0
    texts: list[str] = []
    for paint, run in groupby(cells, key=lambda cell: _paint(cell, colours)):
        group = list(run)
        foreground, background, bold, italics, underscore, struck = paint
        if background != colours.background:
            yield f'<rect x="{column * CELL:.2f}" y="{y}" width="{len(group) * CELL + 0.3:.2f}" height="{LINE}" fill="#{background}"/>\n'
        style = _style(bold, italics, underscore, struck)
        for place, word in _words([cell.data for cell in group], keep_spaces=underscore or struck):
            texts.append(_text(word, (column + place) * CELL, y, foreground, style, exact))
        column += len(group)
    yield from texts


def _words(cells: list[str], *, keep_spaces: bool) -> Iterator[tuple[int, list[str]]]:
    """(place, cells) of what is drawn in one go: plain words, and each other sign by itself, since fonts differ in their widths."""
    start = 0
    for kind, group in groupby(cells, key=lambda data: "plain" if "!" <= data <= "~" or (keep_spaces and data == " ") else data.strip()):
        part = list(group)
        if kind == "plain":
            yield start, part
        elif kind:
            yield from ((start + place, [data]) for place, data in enumerate(part))
        start += len(part)


def _style(bold: bool, italics: bool, underscore: bool, struck: bool) -> str:
    marks = " ".join(word for word, wanted in (("underline", underscore), ("line-through", struck)) if wanted)
    parts = (
        ' font-weight="bold"' if bold else "",
        ' font-style="italic"' if italics else "",
        f' text-decoration="{marks}"' if marks else "",
    )
    return "".join(parts)


def _text(cells: list[str], x: float, y: int, colour: str, style: str, exact: bool) -> str:
    length = f' textLength="{len(cells) * CELL:.2f}"' if len(cells) > 1 and not exact else ""
    places = " ".join(f"{x + place * CELL:.2f}" for place in range(len(cells) if exact else 1))
    return f'<text x="{places}" y="{y + 13.5}"{length} fill="#{colour}"{style}>{escape("".join(cells))}</text>\n'
