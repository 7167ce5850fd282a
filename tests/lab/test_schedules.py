"""Random schedules of faults over core and net, some of them; ``make faults`` plays 20,000."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.many import batch
from tests.faults.schedules import Schedule, play
from tests.support.scripted_faults import Fault, How, LastId, lose_answer, reply
from tests.support.scripted_steps import Pause, Say, Write


@pytest.mark.parametrize("number", [1, 2])
def test_nothing_is_lost_nor_twice_nor_sent_twice_whatever_is_drawn(number: int) -> None:
    played, wrong = batch(number, 60)
    assert wrong == ""
    assert played.total() >= 60


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(creates=(lose_answer(How.RST),), finds=(reply(401, {"detail": "Invalid API key"}),)),
        Schedule(script=(Pause(20.0), Say(("ha ",))), joins=(Fault(cut_events=0, last_id=LastId.STRIP),)),
        Schedule(
            script=(Say(("ha ",)), Pause(0.5), Say(("one ",))),
            joins=(Fault(cut_events=1, last_id=LastId.STRIP),),
        ),
        Schedule(  # the second turn writes in the place of what the first one left: that is still offered
            script=(Write("ha ha ", size=3, whole=None), Pause(0.5), Write("ha ", size=3, whole="ha ha ha ")),
            stop=0.0,
            turns=2,
        ),
        Schedule(  # it stands beside the finished one of the same number
            siblings=2,
            overlap=1,
            script=(Write("ha ha ha one ", size=3, whole=None, rate=5.0), Pause(0.5), Write("ha ", size=3, whole="ha ha ha one ha ")),
            joins=(reply(502, "<html>Bad Gateway</html>"),),
            stop=1.0,
            turns=2,
        ),
    ],
)
def test_what_has_been_found_so(schedule: Schedule) -> None:
    assert play(schedule).wrong == []


def test_a_wrong_one_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that forgets what it has taken under the newest id paints it twice."""
    monkeypatch.setattr("canvas_tui.core.moves.reopen", lambda cursor: replace(cursor, skip=0, resumed=True))
    schedule = Schedule(siblings=3, script=(Say(("a ", "b ", "c ", "d ", "e "), 5.0),), joins=(Fault(cut_events=4),))
    assert play(schedule).wrong
