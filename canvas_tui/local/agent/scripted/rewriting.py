"""How the scripted model rewrites a text: its own blocks are found again, whatever their language and style, and written anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from canvas_tui.core.frozen import frozen

from .documents import CANNOT, ESSAY, FAMILIES, LANGUAGES, LEADS, NOTES, RANKS, WORDS, Block, blocks_for

EMOJI = {"heading": "🌱", "list": "✨", "table": "📊", "quote": "💬", "text": "🙂"}
_MARKS = re.compile(r"\s?[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?")


@frozen
class Style:
    language: str = "english"
    length: str | None = ""  # a key of RANKS; None: as it is
    level: str = ""
    emojis: bool = False


@frozen
class Found:
    """A piece of a text: one of our blocks, a lead of ours, or somebody else's words."""

    text: str
    block: Block | None = None
    language: str = ""
    level: str = ""
    lead: bool = False


def draft(wish: str, topic: str, style: Style) -> str:
    """A first text on the topic, of the kind that the words ask for."""
    written = [_written(block, topic, style) for block in _of_length(blocks_for(wish), style.length or "")]
    return "\n\n".join(_led(written, style)) + "\n"


def rewrite(text: str, *, language: str = "", length: str | None = None, level: str = "", emojis: bool = False, part: bool = False) -> str:
    """The text with what was asked changed, and nothing else. ``part``: of a longer one, whose other blocks stand around it."""
    pieces, topic = list(_pieces(text)), _topic(text)
    now = _style(text, pieces)
    style = replace(
        now,
        language=language if language in LANGUAGES else now.language,
        length=length if length in RANKS else None,
        level=level if level in LEADS else now.level,
        emojis=now.emojis or emojis,
    )
    ours = any(each.block for each in pieces)
    if not ours or (part and style.length is not None):
        written = list(_foreign(pieces, topic, style, more=1 if part else None))
    elif style.length is None:
        written = _restyled(pieces, topic, style)
    else:
        written = _lengthened(pieces, topic, style, style.length)
    if language and language != now.language and any(each.block is None and not each.lead for each in pieces):
        written.append(CANNOT.form(style.language))
    written = _led(written, style)
    ending = "\n" if text.endswith("\n") else ""
    return "\n\n".join(written) + ending


def extended(text: str, wish: str) -> str:
    """The text with a part more, for a wish that the scripted model does not understand."""
    language = _style(text, list(_pieces(text))).language
    words = " ".join(re.sub(r"[^\w\s.,?!'-]", "", wish).split())[:120]
    note = NOTES[LANGUAGES.index(language)].format(wish=words)
    return f"{text.rstrip()}\n\n## {words[:60].strip() or 'Addition'}\n\n{note}\n"


def _led(written: list[str], style: Style) -> list[str]:
    """With the line that a text of its reading level begins with."""
    if not style.level:
        return written
    lead = LEADS[style.level].form(style.language)
    at = 1 if written and written[0].startswith("#") else 0
    return [*written[:at], with_emojis(lead) if style.emojis else lead, *written[at:]]


def _of_length(blocks: tuple[Block, ...], length: str) -> list[Block]:
    return [block for block in blocks if block.rank <= RANKS[length]]


def _pieces(text: str) -> Iterator[Found]:
    for part in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if part.strip():
            yield _known(part)


def _known(part: str) -> Found:
    bare = _MARKS.sub("", part).strip()
    for pattern, block, language, level, lead in _patterns():
        if pattern.fullmatch(bare):
            return Found(part, block, language, level, lead)
    return Found(part)


@cache
def _patterns() -> list[tuple[re.Pattern[str], Block | None, str, str, bool]]:
    found: list[tuple[re.Pattern[str], Block | None, str, str, bool]] = []
    for block in (block for _, blocks in FAMILIES.values() for block in blocks):
        for language in LANGUAGES:
            found += [(_pattern(block.form(language), level), block, language, level, False) for level in _levels(language)]
    for level, block in LEADS.items():
        found += [(_pattern(block.form(language), ""), None, language, level, True) for language in LANGUAGES]
    return found


def _levels(language: str) -> tuple[str, ...]:
    return ("", *WORDS) if language == "english" else ("",)


def _pattern(form: str, level: str) -> re.Pattern[str]:
    return re.compile(
        re.escape(_levelled(form, level)).replace(re.escape("{topic}"), "(?P<topic>.+?)", 1).replace(re.escape("{topic}"), ".+?"), re.DOTALL
    )


def _levelled(form: str, level: str) -> str:
    words = WORDS.get(level, {})
    return re.sub(r"(?<![\w{])[A-Za-z]+(?![\w}])", lambda found: words.get(found[0], found[0]), form)


def _topic(text: str) -> str:
    """What our texts are about; of another's text, its heading or its first words."""
    for part in re.split(r"\n[ \t]*\n", text):
        bare = _MARKS.sub("", part).strip()
        for pattern, _, _, _, _ in _patterns():
            found = pattern.fullmatch(bare)
            if found and "topic" in pattern.groupindex:
                return found["topic"]
    heading = re.search(r"^#+\s+(.+)$", text, re.MULTILINE)
    return heading[1].strip() if heading else " ".join(text.split()[:4]) or "it"


def _style(text: str, pieces: list[Found]) -> Style:
    languages = [each.language for each in pieces if each.language]
    language = max(LANGUAGES, key=languages.count) if languages else "english"
    level = next((each.level for each in pieces if each.lead), "")
    return Style(language, None, level, emojis=any(mark in text for mark in EMOJI.values()))


def _written(block: Block, topic: str, style: Style) -> str:
    form = block.form(style.language)
    text = (_levelled(form, style.level) if style.language == "english" else form).replace("{topic}", topic)
    return with_emojis(text) if style.emojis else text


def _restyled(pieces: list[Found], topic: str, style: Style) -> list[str]:
    """Every piece in its place: ours anew in the wanted style, another's as they are."""
    return [_written(each.block, topic, style) if each.block else _strange(each, style) for each in pieces if not each.lead]


def _strange(piece: Found, style: Style) -> str:
    return with_emojis(piece.text) if style.emojis else piece.text


def _lengthened(pieces: list[Found], topic: str, style: Style, length: str) -> list[str]:
    """Our blocks as this length has them; what is another's stays behind the block that it follows."""
    there = [each.block for each in pieces if each.block]
    family = max((blocks for _, blocks in FAMILIES.values()), key=lambda blocks: sum(block in blocks for block in there))
    strangers: dict[int, list[str]] = {}
    last = -1
    for each in pieces:
        if each.block in family:
            last = family.index(each.block)
        elif not each.lead:
            strangers.setdefault(last, []).append(_strange(each, style))
    written: list[str] = list(strangers.pop(-1, []))
    for at, block in enumerate(family):
        if block.rank <= RANKS[length]:
            written.append(_written(block, topic, style))
        written += strangers.get(at, [])
    return written


def _foreign(pieces: list[Found], topic: str, style: Style, more: int | None) -> Iterator[str]:
    """Another's text, or a part of one: what can be done to any. ``more``: blocks of ours that make it longer; None: all there are."""
    for number, each in enumerate(pieces):
        text = each.text
        if each.lead:
            continue
        prose = not text.lstrip().startswith(("#", "|", "-", "*", ">", "1.", "```"))
        if style.length == "shortest" and number > 1:
            continue
        if style.length in ("short", "shortest") and prose:
            text = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
        text = _levelled(text, style.level)
        yield with_emojis(text) if style.emojis else text
    if style.length in ("long", "longest"):
        longer = [block for block in _of_length(ESSAY, style.length) if block.rank > RANKS[""]]
        yield from (_written(block, topic, style) for block in longer[:more])


def with_emojis(text: str) -> str:
    """Emojis where one sees them: behind a heading's marks, a list's marks, or at the end."""
    if _MARKS.search(text):
        return text
    if found := re.match(r"#+ ", text):
        return f"{found[0]}{EMOJI['heading']} {text[found.end() :]}"
    if re.match(r"([-*]|\d+\.) ", text):
        return re.sub(r"^([-*]|\d+\.) ", rf"\g<0>{EMOJI['list']} ", text, flags=re.MULTILINE)
    if text.startswith("|"):
        return text
    return f"{text} {EMOJI['quote' if text.startswith('>') else 'text']}"
