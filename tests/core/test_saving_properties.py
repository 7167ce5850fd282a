"""Changes by hand with everything at once: further ones while one waits, is saved or could not be; others who save at the same moment;
lost answers; branches. No text is lost or there twice, none lies on a branch that it was not made for, and both sides are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, Keep, SaveStanding
from canvas_tui.core.effects import Effect, LookBack, PostArtifact, ReadBranch, ReadThread
from canvas_tui.core.fork import Head
from canvas_tui.core.landing import Lain, appended, chain, lacking, looked_back, versions_of
from canvas_tui.core.model import Failure, FailureKind, Message, NoticeKind, Role, Session, ThreadState
from canvas_tui.core.session import next_deadline, step
from tests.core.desk import HUMAN
from tests.core.test_saving import BUSY, LOST, mine, of

OTHER = Message("mX", Role.HUMAN, "other")
DENIED = Failure(FailureKind.AUTH, status=401)
REFUSALS = {"busy": BUSY, "away": Failure(FailureKind.REFUSED), "denied": DENIED}


@dataclass(frozen=True)
class Checkpoint:
    id: str
    parent: str
    artifact: Artifact
    messages: tuple[Message, ...]


@dataclass
class Server:
    """A thread with two branches, and others at it. A POST is made what the next fault says.

    elsewhere: somebody saves before it, and it does not arrive; beaten: the same, and it takes that version's place; overtaken:
    somebody takes its place at once; blind: the same, later, by somebody who does not look; lost: its answer does not arrive.
    """

    faults: list[str]
    others: list[str] = field(default_factory=list)
    blinded: set[str] = field(default_factory=set)  # what those who do not look have displaced
    displaced: int = 0
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add("", of("other one"), (OTHER,))
        self.add("", of("one", "two"), (HUMAN,))

    @property
    def newest(self) -> Checkpoint:
        return [*self.checkpoints.values()][-1]

    def add(self, parent: str, artifact: Artifact, messages: tuple[Message, ...]) -> Checkpoint:
        made = Checkpoint(f"c{len(self.checkpoints):03}", parent, artifact, messages)
        self.checkpoints[made.id] = made
        return made

    def texts(self, session: Session) -> list[list[str]]:
        """The versions at the ends of the branches, as far as anybody can come by them."""
        parents = {each.parent for each in self.checkpoints.values()}
        known = {head.checkpoint_id for head in session.heads}
        ends = [each for each in self.checkpoints.values() if each.id not in parents or each.id in known]
        return [[version.text for version in each.artifact.versions] for each in ends]

    def answer(self, effect: Effect) -> Sequence[i.Input]:
        if isinstance(effect, ReadThread):
            return [i.ThreadRead(self.state(self.newest))]
        if isinstance(effect, ReadBranch):
            fault = self.faults.pop(0) if self.faults else ""
            return [i.BranchFailed(LOST) if fault == "lost" else i.BranchRead(self.state(self.checkpoints[effect.checkpoint_id]))]
        if isinstance(effect, LookBack):
            return self.looked(effect, self.faults.pop(0) if self.faults else "")
        assert isinstance(effect, PostArtifact)
        return self.post(effect, self.faults.pop(0) if self.faults else "")

    def post(self, effect: PostArtifact, fault: str) -> Sequence[i.Input]:
        if fault in REFUSALS:
            return [i.SaveFailed(REFUSALS[fault])]
        before = self.checkpoints[effect.checkpoint_id] if effect.checkpoint_id else self.newest
        if fault == "elsewhere" or fault.startswith("beaten"):
            self.somebody(self.newest.artifact, self.newest)
            if fault == "elsewhere":
                return [i.SaveFailed(LOST)]
            self.displaced += not effect.checkpoint_id
        parent = before if effect.checkpoint_id else self.newest
        made = self.add(parent.id, effect.artifact, before.messages)
        if fault.startswith("overtaken") and not effect.checkpoint_id:
            self.somebody(before.artifact, before)
            self.displaced += bool(lacking(before.artifact, effect.artifact.versions))
        if fault.endswith("lost"):
            return [i.SaveFailed(LOST)]
        answers = self.looked(LookBack(effect.artifact, made.id, "" if effect.checkpoint_id else effect.since), "")
        if fault == "blind":
            self.somebody(before.artifact, made)
            self.blinded |= {version.text for version in lacking(before.artifact, made.artifact.versions)}
        return answers

    def somebody(self, on: Artifact, after: Checkpoint) -> None:
        self.others.append(f"theirs {len(self.others)}")
        self.add(after.id, appended(on, mine(self.others[-1])), after.messages)

    def looked(self, effect: LookBack, fault: str) -> Sequence[i.Input]:
        if fault in ("away", "lost"):
            return [i.SaveFailed(LOST)]
        newest_first = [*self.checkpoints.values()][::-1]
        lain = [Lain(each.id, each.artifact, tuple(message.id for message in each.messages)) for each in newest_first]
        return [i.ArtifactSaved(*looked_back(lain if effect.since else lain[:1], effect.checkpoint_id, effect.artifact, effect.since))]

    @staticmethod
    def state(at: Checkpoint) -> ThreadState:
        return ThreadState(at.messages, artifact=at.artifact, checkpoint_id=at.id)


@dataclass
class Table:
    """Someone at the session, and the server at the other end. ``may_be_gone``: dropped, or replaced by what went on from it."""

    server: Server
    session: Session = field(default_factory=lambda: Session("t", heads=(Head("c000", ("mX",)), Head("c001", ("m1",)))))
    now: float = 0.0
    answers: list[i.Input] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)  # each text, and the one that it was begun from
    may_be_gone: set[str] = field(default_factory=set)
    asked: bool = False  # there was a conflict

    def do(self, one: i.Input) -> None:
        self.session, effects = step(self.session, one, self.now)
        for effect in effects:
            self.answers += self.server.answer(effect)
        assert len([each for each in chain(self.session.saving) if each.posting]) <= 1
        self.asked |= self.session.saving is not None and self.session.saving.standing is SaveStanding.CONFLICT

    def hear(self) -> bool:
        if self.answers:
            self.do(self.answers.pop(0))
        elif (due := next_deadline(self.session)) is not None:
            self.now = max(self.now, due)
            self.do(i.Tick())
        else:
            return False
        return True

    def move(self, move: str) -> None:
        artifact, saving = self.session.state.artifact, self.session.saving
        undecided = saving is not None and saving.standing in (SaveStanding.CONFLICT, SaveStanding.FAILED)
        if move in ("edit", "edit an old one", "new") and artifact is not None:
            waiting = [each for each in chain(saving) if not each.choose]
            of = None if move == "new" else artifact.versions[0] if move == "edit an old one" else artifact.version
            if move == "edit" and waiting:
                of = waiting[-1].mine
                if not waiting[-1].posting and waiting[-1].standing is not SaveStanding.CONFLICT and not waiting[-1].theirs:
                    self.may_be_gone.add(of.text)
            text = f"mine {len(self.made)}"
            self.made[text] = of.text if of is not None else ""
            self.do(i.Edited(mine(text), max(version.index for version in artifact.versions), of))
        elif move == "choose" and artifact is not None:
            self.do(i.Chosen(artifact.versions[0].index))
        elif move == "switch":
            shown = self.session.state.messages[0].id if self.session.state.messages else ""
            for way in (1, -1):
                self.do(i.Switched(shown, way))
        elif move == "open":
            self.do(i.Opened())
        elif move == "retry":
            self.do(i.RetryNow())
        elif move in ("mine", "theirs") and undecided and saving is not None:
            if move == "theirs" and not saving.choose:
                self.may_be_gone.add(saving.mine.text)
            if move == "theirs" and self.session.since:  # what a POST without an answer has displaced is not looked for any more
                self.may_be_gone.update(self.server.others)
            self.do(i.Resolved(Keep(move)))

    def finish(self) -> None:
        """What is still open is decided for mine, until nothing is left and the thread has been read once more."""
        for _ in range(300):
            while self.hear():
                pass
            if self.session.saving is not None:
                self.server.faults.clear()
                self.move("mine")
            elif self.server.faults or self.session.state.artifact != self.server.newest.artifact:
                self.server.faults.clear()
                self.move("open")
            else:
                return
        raise AssertionError("it comes to no end")


FAULTS = ["", "lost", "busy", "away", "denied", "elsewhere", "beaten", "beaten, lost", "overtaken", "overtaken, lost", "blind"]
MOVES = ["hear", "hear", "hear", "edit", "edit an old one", "new", "choose", "switch", "open", "retry", "mine", "theirs"]


def played(server: Server, moves: list[str]) -> Table:
    table = Table(server)
    table.do(i.Opened())
    table.hear()
    for move in moves:
        if move == "hear":
            table.hear()
        else:
            table.move(move)
    return table


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FAULTS), max_size=8), st.lists(st.sampled_from(MOVES), max_size=25))
def test_every_change_is_there_once_unless_the_user_dropped_it(faults: list[str], moves: list[str]) -> None:
    server = Server(list(faults))
    table = played(server, moves)
    table.finish()
    ends = server.texts(table.session)
    for text in {*table.made} - table.may_be_gone:
        assert any(text in end for end in ends), f"{text} is lost"
    for text in {*server.others} - server.blinded - table.may_be_gone:
        assert any(text in end for end in ends), f"{text} is lost"
    for end in ends:
        assert len(end) == len({*end}), "a version is there twice"
    assert [each.index for each in versions_of(server.newest.artifact)] == list(range(1, len(server.newest.artifact.versions) + 1))
    assert table.session.state.artifact == server.newest.artifact
    told = [notice.kind for notice in table.session.notices]
    assert not server.displaced or NoticeKind.BOTH in told or table.asked, "who took another one's place is told"


@given(st.lists(st.sampled_from(["", "lost", "busy", "away", "denied"]), max_size=6), st.lists(st.sampled_from(MOVES), max_size=25))
def test_no_change_lands_on_a_branch_that_has_not_what_it_goes_on_from(faults: list[str], moves: list[str]) -> None:
    """As long as nobody says so: all that is asked is answered with no."""
    server = Server(list(faults))
    table = played(server, ["theirs" if move == "mine" else move for move in moves])
    while table.session.saving is not None or table.hear():
        if not table.hear():
            table.move("theirs")
    for end in server.texts(table.session):
        for text in end:
            assert table.made.get(text, "") in ("", *end, *table.may_be_gone)
