"""The same turns with a version of an artifact in place of the answer's text, and an answer after it (FAULTS' rule A1 holds for both).

A text that is said in one go becomes the call of a tool, whose JSON is cut wherever a fault cuts; one that is said in parts is written
as it is, the way rewriting nodes do.
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.scripted_artifact import written
from tests.support.scripted_steps import Ask, Node, Say, Step, Write

from .named import Named

FOLLOWED = (Node("generateFollowup"), Say(("It is ", "on the ", "canvas."), 20.0))


def on_canvas(named: Named) -> Named:
    """Its script, on the canvas. What is said before a question is a version of its own: a node has ended by then."""
    asks = any(isinstance(step, Ask) for step in named.script)
    says = [step for step in named.script if isinstance(step, Say)]
    whole, last = "".join(piece for say in says for piece in say.pieces), says[-1]
    script: list[Step] = []
    for step in named.script:
        if not isinstance(step, Say):
            script.append(step)
        elif len(says) == 1:
            script += [_called(step), *FOLLOWED]
        else:
            script += [_part(step, "" if asks else whole if step is last else None), *(FOLLOWED if step is last else ())]
    return replace(named, script=tuple(script))


def _called(say: Say) -> Write:
    """As many pieces a second, and about as many."""
    made = Write("".join(say.pieces), "generateArtifact", title="A document")
    return replace(made, size=max(1, len(written(made)) // len(say.pieces)), rate=say.rate)


def _part(say: Say, whole: str | None) -> Write:
    text = "".join(say.pieces)
    return Write(text, size=max(1, len(text) // len(say.pieces)), rate=say.rate, whole=whole)
