"""What the scripted model has to say: about itself, about the conversation, about streaming and LangGraph."""

from __future__ import annotations

import random
from collections.abc import Sequence

PREFACE = """\
*This is the scripted model: nothing here is thought up by a real one.* It is there so that you can try the program and show how it streams.
To connect a real model, set one environment variable and start again,

```sh
export OPENAI_API_KEY=…        # or ANTHROPIC_API_KEY; an Ollama on its usual port is found by itself
```

or name any OpenAI-compatible endpoint in `config.toml` (`canvas-tui config path` tells where it is):

```toml
[local.model]
provider = "openai-compatible"
base_url = "http://127.0.0.1:11434/v1"
model = "llama3.2"
```

Write `/help` for what this one can do."""


def thinking(text: str) -> str:
    return "thinking about " + text


def essay(text: str, prompts: Sequence[str], chance: random.Random, *, opening: bool = True) -> str:
    return "## An answer\n\nSome text about " + text


def closing(chance: random.Random) -> str:
    return "That is all."
