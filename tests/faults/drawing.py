"""How random schedules are drawn: what the server says and how fast, what becomes of each request and each stream, what the user does."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.support.scripted_faults import PASS, Fault, How, LastId, lose_answer, never_taken, reply
from tests.support.scripted_steps import Pause, Say

from . import GATHER
from .schedules import Schedule
from .written import on_canvas

pieces_drawn = st.sampled_from(("ha ", "ha ", "one ", "zwei ", "\u2028", "три ", "\n\n", "`x` "))
pieces = st.lists(pieces_drawn, min_size=1, max_size=12).map(tuple)
says = st.builds(Say, pieces, st.sampled_from((0.0, 0.0, 5.0, 50.0)))
pauses = st.builds(Pause, st.sampled_from((0.5, 3.0, 8.0, 20.0, 50.0)))
answers = st.lists(says | says | pauses, min_size=1, max_size=4).map(tuple).filter(lambda steps: any(isinstance(s, Say) for s in steps))
scripts = answers | answers | answers.map(on_canvas)
ends = st.sampled_from(tuple(How))
cuts = st.builds(Fault, cut_events=st.integers(0, 20), how=ends) | st.builds(Fault, cut_bytes=st.integers(1, 9000), how=ends)
stalls = st.builds(Fault, stall_after=st.integers(0, 9), stall=st.sampled_from((None, 2.0, 12.0, 40.0)))
ids = st.sampled_from((LastId.HONOUR, LastId.HONOUR, LastId.HONOUR, LastId.STRIP, LastId.REPLAY))
shapes = st.sampled_from((PASS, PASS, PASS, Fault(slice=7, slice_gap=0.001), Fault(hold=4.0), Fault(buffer=True), Fault(beats=False)))
refused = st.sampled_from(
    (
        reply(502, "<html>Bad Gateway</html>"),
        reply(503, "<html>away</html>"),
        reply(429, {"detail": "slow down"}, retry_after="2"),
        reply(401, {"detail": "Invalid API key"}),
        reply(200, "<html>Sign in</html>"),
        never_taken(How.RST),
        never_taken(How.FIN),
        never_taken(How.HANG),
    )
)
lost = st.sampled_from((lose_answer(How.RST), lose_answer(How.FIN), lose_answer(How.HANG), reply(502, "<html>x</html>", acts=True)))
heads = st.builds(Fault, cut_headers=st.integers(1, 120))
KNOWN = Fault(stall_after=1)
"""A resumed connection brings the event that is known, and falls silent."""
lastings = st.sampled_from(
    (
        KNOWN,
        Fault(stall_after=0),
        Fault(mute_after=1),
        Fault(mute_after=0),
        Fault(cut_events=1),
        Fault(cut_events=1, how=How.CLEAN),
        Fault(cut_events=0),
        reply(502, "<html>Bad Gateway</html>"),
        never_taken(How.RST),
        never_taken(How.HANG),
    )
)


@st.composite
def streams(draw: st.DrawFn) -> Fault:
    """The fate of a stream: how it ends, how it comes, from where."""
    end, shape = draw(cuts | cuts | stalls | st.just(PASS)), draw(shapes)
    bent = {name: getattr(shape, name) for name in ("slice", "slice_gap", "hold", "buffer", "beats")}
    return replace(end, last_id=draw(ids), **bent)


def several(faults: st.SearchStrategy[Fault], most: int) -> st.SearchStrategy[tuple[Fault, ...]]:
    return st.lists(faults, max_size=most).map(tuple)


schedules = st.builds(
    Schedule,
    kind=st.sampled_from(("python", "python", "python", "js", "aegra")),
    siblings=st.sampled_from((1, 1, 2, 3, 5)),
    overlap=st.sampled_from((0, 0, 1, 3)),
    script=scripts,
    joins=several(streams() | streams() | refused | heads, 6),
    creates=several(refused | lost | lost | heads, 3),
    asks=several(refused | heads, 2),
    finds=several(refused, 2),
    states=several(refused | heads, 2),
    refusals=st.lists(st.sampled_from(("", "refused", "dark")), max_size=4).map(tuple),
    dies=st.none() | st.none() | st.none() | st.tuples(st.floats(0.1, 9.0), st.sampled_from((0.2, 5.0, 60.0)), st.booleans()),
    turns=st.sampled_from((1, 1, 2)),
    cancels=several(refused | lost | heads, 3),
    lasting=st.none() | st.none() | lastings,
    stop=st.none() | st.none() | st.none() | st.floats(0.0, 12.0),
    gather=st.sampled_from((0.0, GATHER, 2 * GATHER)),
)
