"""Open Canvas's artifact as a scripted server keeps it."""

from __future__ import annotations

import json

from canvas_tui.core.model import Json

from .scripted_steps import Write


def written(step: Write) -> str:
    """What the model streams: the text, or the arguments of the call in the order of Open Canvas, its title last."""
    if not step.title:
        return step.text
    kind = {"type": "text", "language": "other", "isValidReact": False}
    return json.dumps({**kind, "artifact": step.text, "title": step.title})


def appended(artifact: Json, step: Write) -> Json:
    """With the new version, which is the current one."""
    contents = list(artifact["contents"]) if artifact else []
    index = len(contents) + 1
    title = step.title or (contents[-1]["title"] if contents else "")
    version = {"index": index, "type": "text", "title": title, "fullMarkdown": step.whole or step.text}
    return {"currentIndex": index, "contents": [*contents, version]}
