"""Markdown to stream: deterministic, of our own words, with marks whose appearance on a screen can be timed.

Every few tokens of a paragraph carry a mark (``mk0001``, ``mk0002`` …); the last token is `END`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

END = "zzend9"
MARK = re.compile(rf"mk\d{{4}}|{END}")

_NOUNS = """
    harbour lantern copper meadow ladder compass orchard signal ribbon granite kettle window
    feather bridge market anchor saddle timber valley engine pencil thread basket mirror
""".split()  # noqa: SIM905
_VERBS = """
    carries measures follows repairs colours gathers answers divides balances remembers polishes opens
""".split()  # noqa: SIM905
_TOKEN = re.compile(r"\n+|\s?[^\W\d_]{1,7}|\s?\d+|\s?[^\w\s]{1,3}|\s|_")
_MARK_EVERY = 12


class _Writer:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def word(self) -> str:
        return self._random.choice(_NOUNS)

    def sentence(self) -> str:
        words = ["the", self.word(), self._random.choice(_VERBS), "a", self.word(), "of", self.word(), "near", "the", self.word()]
        style = self._random.random()
        place = self._random.randrange(1, len(words))
        if style < 0.35:
            wrap = self._random.choice(["**", "`", "*"])
            words[place] = f"{wrap}{words[place]}{wrap}"
        text = " ".join(words)
        return text[0].upper() + text[1:] + "."

    def paragraph(self, sentences: int) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def code(self) -> str:
        body = "\n".join(f'    {self.word()}_{n} = {self.word()}("{self.word()}", {self._random.randrange(90)})' for n in range(5))
        return f"```python\ndef {self.word()}({self.word()}: int) -> str:\n{body}\n    return str({self.word()})\n```"

    def table(self) -> str:
        rows = "\n".join(f"| {self.word()} | {self._random.randrange(900)} | {self.word()} {self.word()} |" for _ in range(4))
        return f"| part | count | kept in |\n|---|---:|---|\n{rows}"

    def items(self, numbered: bool) -> str:
        return "\n".join(f"{f'{n}.' if numbered else '-'} {self.sentence()}" for n in range(1, 5))


def blocks(seed: int = 1) -> Iterator[tuple[str, bool]]:
    """Blocks of markdown without end: (source, whether it is prose that may carry marks)."""
    writer = _Writer(seed)
    section = 0
    while True:
        section += 1
        yield f"## {section}. The {writer.word()} and the {writer.word()}", False
        yield writer.paragraph(5), True
        yield writer.paragraph(4), True
        yield writer.items(numbered=section % 2 == 0), False
        yield writer.code(), False
        yield writer.paragraph(4), True
        if section % 2 == 0:
            yield writer.table(), False


def tokens(count: int, seed: int = 1) -> list[str]:
    """``count`` tokens of about four characters; joined they are whole markdown blocks that end with `END`."""
    tail = ["\n\n", "That", " is", " all", ".", " ", END]
    out: list[str] = []
    mark = since = 0
    for block, prose in blocks(seed):
        parts = [*_TOKEN.findall(block), "\n\n"]
        written: list[str] = []
        for part in parts:
            if prose and since >= _MARK_EVERY and part.startswith(" ") and part.strip().isalpha():
                mark, since = mark + 1, 0
                written.append(f" mk{mark:04d}")
            written.append(part)
            since += 1
        if len(out) + len(written) + len(tail) > count:
            break
        out += written
    filler = count - len(out) - len(tail)
    return out + ["ever", *[" on"] * (filler - 1)][:filler] + tail


def conversation(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """``count`` messages of a thread that is there already, as (type, text), the newest ends with `END`."""
    source = blocks(seed)
    messages: list[tuple[str, str]] = []
    for number in range(count):
        if number % 2 == 0:
            messages.append(("human", f"Question {number // 2 + 1}: {_Writer(seed + number).sentence()}"))
        else:
            messages.append(("ai", "\n\n".join(next(source)[0] for _ in range(3))))
    if messages:
        role, text = messages[-1]
        messages[-1] = (role, f"{text}\n\nThe newest line {END}")
    return messages
