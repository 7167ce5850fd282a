"""What a user's plain words want of the canvas, as far as the scripted model understands them. Pure."""

from __future__ import annotations

import re

from canvas_tui.core.frozen import frozen

from .directives import FORMS, Directives

_MAKES = r"\b(?:write|draft|create|compose|generate|make|build|implement|prepare|code)\b"
_TEXTS = (
    r"\b(?:essay|article|letter|e-?mail|report|plan|document|story|poem|post|text|summary|speech|guide|checklist|proposal|note|readme)\b"
)
_CODES = r"\b(?:program|script|function|code|class|module|query|page|component|app|algorithm)\b"
_CHANGES = re.compile(
    r"^\W*(?:(?:please|now|and|ok|then|can you|could you|would you)\W+)*"
    r"(?:make|rewrite|translate|shorten|lengthen|expand|extend|add|remove|change|replace|simplify|improve|fix|port|convert|turn|put|use|cut|trim|"
    r"write|more|less|shorter|longer|redo|continue|update|rename|correct|explain it)\b",
    re.IGNORECASE,
)
_NAMES = {
    "typescript": r"typescript|ts",
    "javascript": r"javascript|js",
    "cpp": r"c\+\+|cpp",
    "java": r"java",
    "php": r"php",
    "rust": r"rust",
    "python": r"python|py",
    "html": r"html|web ?page",
    "sql": r"sql|query",
}
"""Programming language -> how people call it; typescript and javascript before java."""
_SPOKEN = {
    "english": r"english",
    "mandarin": r"mandarin|chinese",
    "hindi": r"hindi",
    "spanish": r"spanish|castilian",
    "french": r"french",
}
_LEVELS = {
    "phd": r"phd|academic|scholarly",
    "college": r"college|student",
    "teenager": r"teen(?:ager)?s?",
    "child": r"child(?:ren)?|kids?",
    "pirate": r"pirate",
}
_LENGTHS = {
    "shortest": r"shortest|much shorter|very short",
    "short": r"short|shorter|shorten|cut|trim|condense",
    "longest": r"longest|much longer|very long",
    "long": r"long|longer|lengthen|expand|extend|more detail",
}


@frozen
class Wish:
    """The parts of a change that were understood; nothing set: none was."""

    language: str = ""
    length: str | None = None
    level: str = ""
    emojis: bool = False
    comments: bool = False
    logs: bool = False
    mend: bool = False
    port: str = ""

    @property
    def of_text(self) -> bool:
        return bool(self.language or self.length or self.level or self.emojis)

    @property
    def of_code(self) -> bool:
        return bool(self.comments or self.logs or self.mend or self.port)


def _first(names: dict[str, str], words: str) -> str:
    return next((name for name, pattern in names.items() if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words, re.IGNORECASE)), "")


def read_wish(words: str) -> Wish:
    return Wish(
        language=_first(_SPOKEN, words),
        length=_first(_LENGTHS, words) or None,
        level=_first(_LEVELS, words),
        emojis=bool(re.search(r"\bemojis?\b", words, re.IGNORECASE)),
        comments=bool(re.search(r"\bcomments?\b", words, re.IGNORECASE)),
        logs=bool(re.search(r"\blog(?:s|ging)?\b", words, re.IGNORECASE)),
        mend=bool(re.search(r"\b(?:fix|bugs?|mend|correct)\b", words, re.IGNORECASE)),
        port=programming(words),
    )


def programming(words: str) -> str:
    return _first(_NAMES, words)


def wants_canvas(asked: Directives, there: bool) -> bool:
    """Whether a message is for the canvas; ``there``: something stands on it."""
    if asked.artifact is not None:
        return True
    if asked.shows or asked.tool or asked.ask or asked.think or asked.echo is not None or asked.unknown:
        return False
    if there:
        return bool(_CHANGES.match(asked.text))
    return bool(re.search(rf"{_MAKES}.{{0,60}}?(?:{_TEXTS}|{_CODES})", asked.text, re.IGNORECASE | re.DOTALL))


def form_of(asked: Directives) -> str:
    """ "text", or the programming language that is asked for."""
    if asked.artifact in FORMS and asked.artifact not in ("text", None):
        return "python" if asked.artifact == "code" else asked.artifact
    if asked.artifact is None or not asked.text:
        named = programming(asked.text)
        if named or re.search(_CODES, asked.text, re.IGNORECASE):
            return named or "python"
    return "text"


def topic_of(text: str) -> str:
    """What a text is to be about: what follows "about", "on" or "of", else the message without its verb."""
    words = " ".join(text.split())
    found = re.search(r"\b(?:about|on|regarding|of|for)\s+(.{1,80})", words, re.IGNORECASE)
    topic = found[1] if found else re.sub(rf"^\W*(?:please\s+)?{_MAKES}\s+(?:me\s+)?", "", words, flags=re.IGNORECASE)
    topic = re.split(r"[.!?\n]|, (?:with|in|for)\b", topic)[0].strip(" \"'“”*_`#|")
    return topic[:60] or "beginnings"


def title_of(topic: str) -> str:
    words = topic.split()[:5]
    return " ".join(word if word.isupper() else word[:1].upper() + word[1:] for word in words) or "Untitled"
