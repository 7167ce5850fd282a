"""Quick actions on an artifact: which key of the state asks for which instruction. The words are this project's own."""

from __future__ import annotations

from collections.abc import Mapping

from canvas_tui.core.frozen import frozen

from .state import State

TEXT = "rewriteArtifactTheme"
CODE = "rewriteCodeArtifactTheme"

LANGUAGES = {
    "english": "English",
    "mandarin": "Mandarin Chinese (simplified characters)",
    "hindi": "Hindi",
    "spanish": "Spanish",
    "french": "French",
}
LEVELS = {
    "phd": "for readers who hold a doctorate in the field: exact terms, dense argument, nothing explained twice",
    "college": "for college students: precise, with technical words where they help",
    "teenager": "for teenagers: lively, direct, every difficult word explained",
    "child": "for a child of eight: short sentences, everyday words, pictures from its own world",
    "pirate": "in the voice of a pirate of the old stories, with all the facts left as they are",
}
LENGTHS = {
    "shortest": "a quarter of its length: only what nobody could do without",
    "short": "about half of its length",
    "long": "about half as long again, with more detail and examples",
    "longest": "more than twice as long, with further sections, detail and examples",
}
PORTS = {
    "typescript": "TypeScript",
    "javascript": "JavaScript",
    "cpp": "C++",
    "java": "Java",
    "php": "PHP",
    "python": "Python",
    "rust": "Rust",
    "html": "one HTML page with what it needs inside",
    "sql": "SQL",
}


@frozen
class Action:
    """What one turn asks for, by its key in the state and the value there ("true" for a switch)."""

    node: str
    key: str
    value: str

    @property
    def instruction(self) -> str:
        told = INSTRUCTIONS[self.key]
        choices = CHOICES.get(self.key)
        return told if choices is None else told.format(choices.get(self.value, self.value))

    @property
    def port(self) -> str:
        """The programming language after it; empty where it stays."""
        return self.value if self.key == "portLanguage" else ""


INSTRUCTIONS = {
    "language": "Translate the whole document into {}. Names, code and links stay as they are.",
    "readingLevel": "Rewrite the whole document {}.",
    "artifactLength": "Rewrite the whole document so that it has {}.",
    "regenerateWithEmojis": "Keep the document as it is; put fitting emojis into its headings, its lists, and where a sentence gains.",
    "addComments": "Add comments that tell why the code does what it does, where that is not plain. Change nothing else.",
    "addLogs": "Add log statements at the points that somebody would look for when it goes wrong. Change nothing else.",
    "fixBugs": "Look for mistakes in the code and mend them. Where there is none, return it unchanged.",
    "portLanguage": "Write the same program in {}, in the way that is usual there.",
}
CHOICES: Mapping[str, Mapping[str, str]] = {"language": LANGUAGES, "readingLevel": LEVELS, "artifactLength": LENGTHS, "portLanguage": PORTS}

TEXT_KEYS = ("language", "artifactLength", "regenerateWithEmojis", "readingLevel")
CODE_KEYS = ("addComments", "addLogs", "fixBugs", "portLanguage")


def action_of(state: State) -> Action | None:
    """The quick action that this turn asks for: the text actions first, as in Open Canvas."""
    for node, keys in ((TEXT, TEXT_KEYS), (CODE, CODE_KEYS)):
        for key in keys:
            if value := state.get(key):
                return Action(node, key, str(value).lower())
    return None
