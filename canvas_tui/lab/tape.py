"""A script being played: which request suffers what. Pure, and the same for the same seed and order of requests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Protocol

from canvas_tui.core.frozen import frozen

from .script import Script, Track, applies, unfold
from .steps import BEFORE_HEAD, ENDINGS, MODES, BodyStep, Ending, Mode, Modes, Step


@frozen
class Plan:
    """What one exchange suffers: steps on its body's way (modes among them), and how it ends (None: as the server ends it)."""

    steps: tuple[BodyStep | Mode, ...] = ()
    ending: Ending | None = None


NOTHING = Plan()


class Course:
    """One track on its way: the modes that hold and the steps that are left."""

    def __init__(self, track: Track, random: Random) -> None:
        self.scope = track.scope
        self.modes = Modes()
        self.random = random
        self._steps = self._all(track, random)
        self._put_back: Plan | None = None
        self.over = False

    @staticmethod
    def _all(track: Track, random: Random) -> Iterator[Step]:
        yield from unfold(track.items, random)
        while track.loop:
            yield from unfold(track.items, random)

    def take(self, *, open_stream: bool = False) -> Plan:
        """The plan for the next exchange; modes that stand first in it hold already. An open stream leaves answers where they are."""
        if self._put_back is not None:
            plan, self._put_back = self._put_back, None
        else:
            plan = self._next()
        if open_stream and isinstance(plan.ending, BEFORE_HEAD):
            self._put_back = plan
            return NOTHING
        return plan

    def put_back(self, plan: Plan) -> None:
        """Nobody took it: it is the next one again."""
        if plan is not NOTHING:
            self._put_back = plan

    def _next(self) -> Plan:
        steps: list[BodyStep | Mode] = []
        for step in self._steps:
            if isinstance(step, ENDINGS):
                return Plan(tuple(steps), step)
            if isinstance(step, MODES) and not steps:
                self.modes = self.modes.with_(step)
            else:
                steps.append(step)  # type: ignore[arg-type]  # what is no end is a step of the body or a mode
        self.over = True
        return Plan(tuple(steps))


class HasRequest(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...


class Tape:
    def __init__(self, script: Script, seed: int = 1) -> None:
        self.script = script
        self.courses = [Course(track, Random(f"{seed}/{n}")) for n, track in enumerate(script.tracks)]

    def first(self, request: HasRequest) -> Course | None:
        """The first list of its scope, however much of it is left."""
        return next((c for c in self.courses if applies(c.scope, request.method, request.path)), None)

    def course(self, request: HasRequest) -> Course | None:
        """The list that is for this request: the first of its scope with something left, or the last whose modes hold."""
        mine = [c for c in self.courses if applies(c.scope, request.method, request.path)]
        return next((c for c in mine if not c.over), mine[-1] if mine else None)
