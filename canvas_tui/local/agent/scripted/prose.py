"""What the scripted model has to say: about itself, about the conversation, and one of its essays."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from .texts import SECTIONS, Section

PREFACE = """\
*This is the scripted model: no real one is connected, and nothing here is thought up.* It lets you try the program \
and shows how it streams.

To connect a real model, set a key in the environment and start again:

```sh
export OPENAI_API_KEY=…   # or ANTHROPIC_API_KEY
```

An Ollama on its usual port is found by itself. Any other OpenAI-compatible endpoint goes into `config.toml` \
(`canvas-tui config path` tells where that is):

```toml
[local]
provider = "openai-compatible"
base_url = "http://127.0.0.1:8000/v1"
model = "llama3.2"
```

Write `/help` to see what the scripted model can be told to do."""

CLOSINGS = (
    "Ask on, or write `/help` for the directives.",
    "That is one view of it. `/seed 7` brings another.",
    "So much for that. `/blocks` shows everything that Markdown can do here.",
    "More of the same length comes with `/length 1500`, more slowly with `/speed 20`.",
)


def essay(text: str, prompts: Sequence[str], chance: random.Random, *, opening: bool = True) -> str:
    """An answer to ``text``; without ``opening`` a further section only."""
    section = _fitting(text, chance) if opening else chance.choice(SECTIONS)
    written = f"## {section.title}\n\n{section.body}"
    return f"{_about(text, prompts)}\n\n{written}" if opening else written


def closing(chance: random.Random) -> str:
    return f"---\n\n{chance.choice(CLOSINGS)}"


def thinking(text: str) -> str:
    words = text.split()
    return (
        f"The user wrote {_count(len(words), 'word')}{f', beginning with “{_plain(words[0])}”' if words else ''}.\n"
        "What would help? Something to read that has a heading, a list, a table and a piece of code, so that one sees them all come in.\n"
        "I look for a section that fits the words; failing that, chance decides, by the seed.\n"
        "And I must not claim to have understood anything."
    )


def _about(text: str, prompts: Sequence[str]) -> str:
    """A few lines on the conversation itself, so that no two answers begin alike."""
    said = f"You wrote {_count(len(text.split()), 'word')}" if text.strip() else "You wrote directives only"
    if len(prompts) < 2:
        return (
            f"{said}. A real model would answer them; this one has an essay that comes near."
            if text.strip()
            else f"{said}, so here is an essay."
        )
    rows = [f"| {number} | {len(prompt.split())} | {_plain(prompt)} |" for number, prompt in list(enumerate(prompts, 1))[-5:]]
    return "\n".join([f"{said}. So far, this conversation:", "", "| Turn | Words | Begins with |", "|---:|---:|---|", *rows])


def _fitting(text: str, chance: random.Random) -> Section:
    words = set(re.findall(r"[a-z]+", text.lower()))
    scores = [len(words & set(section.keywords)) for section in SECTIONS]
    best = max(scores)
    return chance.choice([section for section, score in zip(SECTIONS, scores, strict=True) if score == best])


def _plain(text: str, longest: int = 40) -> str:
    """The beginning of a user's text without what Markdown would act on."""
    words = " ".join(re.sub(r"[^\w\s.,?!'-]", "", text).split())
    return words if len(words) <= longest else f"{words[:longest].rstrip()}…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
