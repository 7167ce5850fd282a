"""The same turns with a version of an artifact in place of the answer's text, and an answer after it (FAULTS' rule A1 holds for both).

A text that is said in one go becomes the call of a tool, whose JSON is cut wherever a fault cuts; one that is said in parts is written
as it is, the way rewriting nodes do.
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.scripted_artifact import written
from tests.support.scripted_steps import Ask, Node, Say, Step, Write

FOLLOWED = (Node("generateFollowup"), Say(("It is ", "on the ", "canvas."), 20.0))


def on_canvas(script: tuple[Step, ...]) -> tuple[Step, ...]:
    """What is said before a question is a version of its own: a node has ended by then."""
    asks = any(isinstance(step, Ask) for step in script)
    says = [step for step in script if isinstance(step, Say)]
    whole, last = "".join(piece for say in says for piece in say.pieces), says[-1]
    made: list[Step] = []
    for step in script:
        if not isinstance(step, Say):
            made.append(step)
        elif len(says) == 1:
            made += [_called(step), *FOLLOWED]
        else:
            made += [_part(step, "" if asks else whole if step is last else None), *(FOLLOWED if step is last else ())]
    return tuple(made)


def streamed(write: Write) -> tuple[str, ...]:
    """Its pieces, as they go over the wire."""
    raw = written(write)
    return tuple(raw[at : at + write.size] for at in range(0, len(raw), write.size))


def _called(say: Say) -> Write:
    """As many pieces a second, and about as many."""
    made = Write("".join(say.pieces), "generateArtifact", title="A document")
    return replace(made, size=max(1, len(written(made)) // len(say.pieces)), rate=say.rate)


def _part(say: Say, whole: str | None) -> Write:
    text = "".join(say.pieces)
    return Write(text, size=max(1, len(text) // len(say.pieces)), rate=say.rate, whole=whole)
