"""Threads with a document or code, in the states that people meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from canvas_tui.core.artifact import Artifact, ArtifactKind, Branch, Draft, DraftStanding, SaveStanding, Saving, Version
from canvas_tui.core.failure import Failure, FailureKind
from canvas_tui.core.model import Message, Role, Session

from .fake_backend import FakeBackend
from .states import STATES, THREAD

GUIDE = """# Tides for sailors

A tide table tells **when** the water is high, not *how* it gets there. This page says what to read in it, and what to add.

## Before you leave

- Find the port nearest to your course.
- Read high and low water of the day.
- Add the hour of summer time, if it is one.

## The rule of twelfths

| hour | share of the range |
|---|---|
| 1 | 1/12 |
| 2 | 2/12 |
| 3 | 3/12 |

> Half of the water moves in the two hours in the middle.

```python
def height(low: float, high: float, share: float) -> float:
    return low + (high - low) * share
```

The rule is **rough**: shallow bays and straits keep their own time.
"""
SHORTER = GUIDE.replace(
    "A tide table tells **when** the water is high, not *how* it gets there. This page says what to read in it, and what to add.",
    "A tide table says **when** the water is high. This page says what to add.",
).replace("- Add the hour of summer time, if it is one.\n", "")
CODE = '''"""Tides by the rule of twelfths."""

from dataclasses import dataclass

SHARES = (1, 2, 3, 3, 2, 1)


@dataclass
class Tide:
    low: float
    high: float

    def height(self, hour: int) -> float:
        """Metres above chart datum, so many hours after low water."""
        done = sum(SHARES[:hour]) / 12
        return self.low + (self.high - self.low) * done


if __name__ == "__main__":
    tide = Tide(0.8, 4.2)
    for hour in range(7):
        print(hour, f"{tide.height(hour):.1f} m")
'''
LOGGED = CODE.replace("from dataclasses", "import logging\nfrom dataclasses").replace(
    "        done = sum", '        logging.debug("hour %s", hour)\n        done = sum'
)

ONE = Version(1, ArtifactKind.TEXT, "Tides for sailors", GUIDE)
TWO = replace(ONE, index=2, text=SHORTER)
FIRST_CODE = Version(1, ArtifactKind.CODE, "Tides in Python", CODE, "python")
SECOND_CODE = replace(FIRST_CODE, index=2, text=LOGGED)

ASKED = Message("h1", Role.HUMAN, "Write a page about tides for people who sail.")
SAID = Message("a1", Role.AI, "I wrote a page about tides for sailors. Shall I add a worked example?")


def session(**changes: object) -> Session:
    base = STATES["done"]().sessions[THREAD]
    base = replace(base, history=(ASKED, SAID), notices=(), live=(), interrupts=())
    artifact = changes.pop("artifact", None)
    return replace(base, state=replace(base.state, artifact=artifact), **changes)  # type: ignore[arg-type]


def backend(made: Session) -> FakeBackend:
    found = STATES["done"]()
    found.sessions[THREAD] = made
    return found


def writing(text: str = GUIDE[:610], version: Version = ONE, **changes: object) -> FakeBackend:
    running = STATES["streaming"]().sessions[THREAD]
    draft = Draft(replace(version, text=text), DraftStanding.WRITING, 0, len(text), "generateArtifact", len(text))
    made = session(draft=draft, live=(ASKED,), run=running.run, link=running.link, **changes)
    return backend(replace(made, history=()))


def versions() -> FakeBackend:
    return backend(session(artifact=Artifact(2, (ONE, TWO))))


def code() -> FakeBackend:
    return backend(session(artifact=Artifact(2, (FIRST_CODE, SECOND_CODE))))


def partial() -> FakeBackend:
    draft = Draft(replace(TWO, index=3, text=SHORTER[:300]), DraftStanding.FAILED, 0, 300)
    return backend(session(artifact=Artifact(2, (ONE, TWO)), draft=draft))


def conflict() -> FakeBackend:
    mine = replace(ONE, text=GUIDE.replace("nearest to your course", "nearest to where you are"))
    return backend(session(artifact=Artifact(2, (ONE, TWO)), saving=Saving(mine, 1, SaveStanding.CONFLICT)))


def unsaved() -> FakeBackend:
    failure = Failure(FailureKind.REFUSED, where="127.0.0.1:2024")
    return backend(session(artifact=Artifact(1, (ONE,)), saving=Saving(TWO, 1, SaveStanding.FAILED, failure)))


def branched() -> FakeBackend:
    return backend(session(artifact=Artifact(1, (ONE,)), branches=(Branch("h1", 2, 2), Branch("a1", 2, 3))))


CANVAS: dict[str, Callable[[], FakeBackend]] = {
    "writing": writing,
    "writing-code": lambda: writing(CODE[:420], FIRST_CODE),
    "versions": versions,
    "code": code,
    "partial": partial,
    "conflict": conflict,
    "unsaved": unsaved,
    "branched": branched,
}
