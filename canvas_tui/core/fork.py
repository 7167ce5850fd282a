"""Where the branches of a thread end, and where a turn forks off. Frozen values; the rules are in `branches`."""

from __future__ import annotations

from .frozen import frozen


@frozen
class Head:
    """The end of a branch: a checkpoint of the thread and the ids of its messages. Checkpoint ids sort by time (UUID version 6)."""

    checkpoint_id: str
    ids: tuple[str, ...] = ()
    run_id: str = ""  # whose last checkpoint it is, where it was found by its run


@frozen
class Point:
    """A checkpoint as far as forks need to know it."""

    checkpoint_id: str
    ids: tuple[str, ...]
    start: bool = False  # a turn begins here: its input is not in the state yet
    sent: tuple[str, ...] = ()  # ids of the messages of that input


@frozen
class Fork:
    """Where a turn goes on from, if not from the thread's newest checkpoint: from ``head``, which is shown, or from before it."""

    head: Head
    before: str = ""  # from the state before this message: another one takes its place
    again: bool = False  # from the start of the last turn, with its own input
