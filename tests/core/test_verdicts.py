"""Doctor's rules: each fault by its own name, healthy servers accused of nothing, whatever evidence without an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_tui.core import bundle
from canvas_tui.core.diagnosis import HARMLESS, Action, Code, Sure, span
from canvas_tui.core.evidence import Asked, Canary, Cut, Ended, Evidence, Line, Look, Own, Queue, Seen, Watched
from canvas_tui.core.model import Failure, FailureKind, RunStatus, ServerKind, ThreadStatus
from canvas_tui.core.verdicts import RULES, verdict
from tests.core import evidences as make


def _way(kind: FailureKind) -> Evidence:
    healthy = make.healthy()
    return replace(healthy, way=replace(healthy.way, tcp=None, failure=Failure(kind, detail="no")), server=type(healthy.server)(), lines=())


def _server(failure: Failure) -> Evidence:
    bad = Asked(0.1, 0.1, failure.status, failure)
    healthy = make.healthy()
    return replace(healthy, server=type(healthy.server)(ok=(bad,), info=bad, auth=bad), lines=())


def _canary(look: Look) -> Evidence:
    return replace(make.healthy(), canary=Canary(Asked(0.1, 0.1, 200), "t9", look, True))


def _auth() -> Evidence:
    healthy = make.healthy()
    refused = Asked(0.1, 0.1, 401, Failure(FailureKind.AUTH, status=401))
    return replace(healthy, server=replace(healthy.server, auth=refused))


def _proxied() -> Evidence:
    healthy = make.healthy()
    way = replace(healthy.way, proxy="proxy:3128", proxy_variable="HTTPS_PROXY", failure=Failure(FailureKind.PROXY), around_proxy=0.01)
    return replace(healthy, way=way, server=type(healthy.server)(), lines=())


def _blocked() -> Evidence:
    healthy = make.healthy()
    return replace(healthy, server=replace(healthy.server, ok=tuple(Asked(0.1, each, 200) for each in (2.4, 3.1, 6.0))))


def _thread(change: Callable[[Look], Look], status: RunStatus = RunStatus.SUCCESS) -> Evidence:
    evidence = make.with_run(make.run(status))
    return replace(evidence, looks=tuple(change(each) for each in evidence.looks))


def _pending(queue: Queue | None, age: float = 9.0) -> Evidence:
    evidence = make.with_run(make.run(RunStatus.PENDING, age), make.listening(Line.RUN))
    return replace(evidence, looks=tuple(replace(each, queue=queue) for each in evidence.looks))


def _behind(age: float, checkpoint_age: float) -> Evidence:
    mine, front = make.run(RunStatus.PENDING, 30.0), make.run(RunStatus.RUNNING, age, "r0")
    evidence = make.with_run(mine, make.listening(Line.RUN), later=mine)
    looks = tuple(replace(each, runs=(mine, front), checkpoint_age=checkpoint_age) for each in evidence.looks)
    return replace(evidence, looks=looks)


def _over(*events: Seen, modes: tuple[str, ...] = ("messages-tuple",), resumable: bool = True, subgraphs: bool = True) -> Evidence:
    of = replace(make.run(RunStatus.SUCCESS), modes=modes, resumable=resumable, subgraphs=subgraphs)
    return make.with_run(of, make.with_events(make.silent(Line.RUN), events, Ended.EOF, 0.6))


def _held_tokens(release: float) -> tuple[Seen, ...]:
    """Five tokens a second, let through each ``release`` seconds only."""
    return tuple(replace(each, at=(int(each.at / release) + 1) * release) for each in make.tokens(55, 0.2))


def _all_at_end() -> Evidence:
    events = tuple(replace(each, at=9.0) for each in make.tokens(30, 0.2))
    heard = make.with_events(make.silent(Line.RUN), events, Ended.EOF, 9.1)
    return make.with_run(make.run(), heard, later=make.run(RunStatus.SUCCESS, 20.0))


def _quiet_held(kind: ServerKind = ServerKind.PYTHON) -> Evidence:
    healthy = make.healthy()
    return replace(healthy, server=make.server(kind=kind), lines=(make.silent(Line.QUIET), make.silent(Line.QUIET_GZIP)))


def _gzip_held() -> Evidence:
    healthy = make.healthy()
    zipped = replace(make.silent(Line.QUIET_GZIP), headers=(("server", "nginx"), ("content-encoding", "gzip")))
    return replace(healthy, lines=(make.listening(Line.QUIET), zipped))


def _headers_held() -> Evidence:
    heard = replace(make.silent(Line.RUN), headers_at=None, status=None, ended=Ended.REFUSED, failure=Failure(FailureKind.NO_ANSWER))
    return make.with_run(make.run(), heard, make.silent(Line.QUIET), quiet=False)


def _get_held() -> Evidence:
    healthy = make.healthy()
    post = make.with_events(make.silent(Line.CANARY, 6.0), make.tokens(20, 0.2), Ended.EOF, 6.0)
    lines = (post, make.silent(Line.CANARY_JOIN), make.silent(Line.QUIET))
    return replace(healthy, lines=lines, canary=Canary(Asked(0.1, 0.1, 200), "t9", make.look(make.run(RunStatus.SUCCESS)), True))


def _cut_lines(*seconds: float, line: Line = Line.RUN) -> Evidence:
    return make.with_run(make.run(age=70.0), *(make.cut_after(make.listening(line, seconds=each + 1), each) for each in seconds))


def _watched(watched: Watched) -> Evidence:
    return replace(make.with_run(make.run(), make.listening(Line.RUN)), watched=watched)


def _silent_model(kind: ServerKind = ServerKind.PYTHON, replayed: bool = True) -> Evidence:
    metadata = (Seen(0.01, "metadata", 60, make.CLOCK - 90),) if replayed else ()
    heard = make.with_events(make.listening(Line.RUN) if kind is ServerKind.PYTHON else make.silent(Line.RUN), metadata)
    return replace(make.with_run(make.run(age=90.0), heard, quiet=False), server=make.server(kind=kind))


def _steps() -> Evidence:
    evidence = make.with_run(make.run(age=30.0), make.listening(Line.RUN))
    return replace(evidence, looks=(evidence.looks[0], replace(evidence.looks[1], checkpoint="c2", checkpoint_age=1.0)))


FAULTS: dict[str, tuple[Evidence, Code]] = {
    "no such name": (_way(FailureKind.DNS), Code.DNS),
    "refused": (_way(FailureKind.REFUSED), Code.REFUSED),
    "black hole": (_way(FailureKind.TIMEOUT), Code.CONNECT_TIMEOUT),
    "certificate": (_server(Failure(FailureKind.TLS, "unable to get local issuer certificate", where="Corporate CA")), Code.TLS),
    "no https": (_server(Failure(FailureKind.TLS, "wrong version number")), Code.TLS),
    "proxy of the environment": (_proxied(), Code.ENV_PROXY),
    "a page": (_server(Failure(FailureKind.STRANGE, "Sign in", 200)), Code.WRONG_SERVER),
    "another program": (_server(Failure(FailureKind.MISSING, "Not Found", 404)), Code.WRONG_SERVER),
    "bad gateway": (_server(Failure(FailureKind.SERVER, "502 Bad Gateway", 502)), Code.GATEWAY),
    "fails at all": (_server(Failure(FailureKind.SERVER, "Internal Server Error", 500)), Code.SERVER_ERROR),
    "no answer": (_server(Failure(FailureKind.NO_ANSWER, sent=True)), Code.NO_ANSWER),
    "redirect": (_server(Failure(FailureKind.REDIRECT, "https://login.example/", 302)), Code.REDIRECTED),
    "too many requests": (_server(Failure(FailureKind.LIMITED, status=429, retry_after=7)), Code.LIMITED),
    "no key": (_auth(), Code.AUTH),
    "blocked loop": (_blocked(), Code.SERVER_BLOCKED),
    "busy here": (replace(make.healthy(), own=Own(loop_lag=3.0)), Code.CLIENT_BUSY),
    "no graph": (replace(make.healthy(), server=replace(make.server(), assistants=0)), Code.NO_GRAPH),
    "unknown thread": (_thread(lambda each: Look(each.at, thread=False)), Code.NO_THREAD),
    "forgotten run": (_thread(lambda each: replace(each, run=None, run_missing=True)), Code.RUN_LOST),
    "after_seconds": (make.with_run(replace(make.run(RunStatus.PENDING, -50.0), after=60.0)), Code.SCHEDULED),
    "behind another run": (_behind(40.0, 5.0), Code.BEHIND_RUN),
    "behind a dead run": (_behind(900.0, 800.0), Code.ZOMBIE_RUN),
    "no free worker": (_pending(Queue(1, 1, 9.0, 1, 0)), Code.QUEUE_STARVED),
    "no worker at all": (_pending(Queue(1, 0, 9.0)), Code.NO_WORKER),
    "queued, no metrics": (_pending(None), Code.QUEUED),
    "question": (
        _thread(lambda each: replace(each, status=ThreadStatus.INTERRUPTED, questions=1, asking="askUser", next=("askUser",))),
        Code.WAITING_FOR_YOU,
    ),
    "breakpoint": (_thread(lambda each: replace(each, status=ThreadStatus.INTERRUPTED, next=("tools",))), Code.STATIC_BREAKPOINT),
    "cancelled in the queue": (
        make.with_run(make.run(RunStatus.INTERRUPTED), replace(make.silent(Line.RUN), ended=Ended.EOF, ended_at=0.5)),
        Code.RUN_CANCELLED,
    ),
    "failed": (_thread(lambda each: replace(each, error="APIConnectionError: Connection error."), RunStatus.ERROR), Code.RUN_FAILED),
    "over": (_over(*make.tokens(20, 0.0)), Code.ANSWERED),
    "said nothing": (_thread(lambda each: replace(each, answer=0)), Code.EMPTY_ANSWER),
    "not resumable": (_over(resumable=False), Code.NOT_RESUMABLE),
    "replay gone": (_over(), Code.STREAM_ENDPOINT),
    "modes without tokens": (_over(Seen(0.1, "metadata"), Seen(0.1, "updates"), modes=("updates",)), Code.MODE_MISMATCH),
    "subgraphs off": (_over(Seen(0.1, "metadata"), Seen(0.2, "messages", 900, text=90, whole=True), subgraphs=False), Code.NOT_TOKENISED),
    "half open": (_watched(Watched(open_for=60.0, byte_age=40.0)), Code.HALF_OPEN),
    "cut at no regular time, as a longer silence was survived": (
        _watched(Watched(cuts=(Cut(64.0, 60.0), Cut(72.0, 60.1)), survived=90.0)),
        Code.FLAKY_LINK,
    ),
    "cut when idle, seen from inside": (_watched(Watched(cuts=(Cut(64.0, 60.0), Cut(72.0, 60.1)))), Code.IDLE_TIMEOUT),
    "cut when idle": (_cut_lines(3.0, 3.02, 2.98), Code.IDLE_TIMEOUT),
    "cut by duration": (_cut_lines(12.0, 12.1), Code.DURATION_CAP),
    "cut at any time": (_cut_lines(7.3, 2.1, 11.4), Code.FLAKY_LINK),
    "buffered, by bursts": (make.with_run(make.run(), make.with_events(make.silent(Line.RUN), _held_tokens(4.0))), Code.BUFFERED),
    "buffered until the end": (_all_at_end(), Code.BUFFERED),
    "buffered, no run": (_quiet_held(), Code.BUFFERED),
    "headers held back": (_headers_held(), Code.BUFFERED),
    "buffered by gzip": (_gzip_held(), Code.BUFFERED_BY_GZIP),
    "GET buffered": (_get_held(), Code.GET_BUFFERED),
    "stream path is not let through": (
        make.with_run(
            make.run(),
            replace(make.silent(Line.RUN), headers_at=None, ended=Ended.REFUSED, failure=Failure(FailureKind.MISSING, "no", 404)),
        ),
        Code.STREAM_ENDPOINT,
    ),
    "thread cannot be read": (_thread(lambda each: Look(each.at, failure=Failure(FailureKind.SERVER, status=500))), Code.SERVER_ERROR),
    "every run fails": (_canary(replace(make.look(make.run(RunStatus.ERROR)), error="no key for the model")), Code.RUN_FAILED),
    "unreadable": (make.with_run(make.run(), replace(make.listening(Line.RUN), unreadable=2, event_count=9)), Code.UNREADABLE_STREAM),
    "model silent": (_silent_model(), Code.RUN_SILENT),
    "model silent, JS": (_silent_model(ServerKind.JS), Code.RUN_SILENT),
    "steps without events": (_steps(), Code.MODE_MISMATCH),
    "started over": (
        make.with_run(make.run(), make.with_events(make.listening(Line.RUN), (*make.tokens(3, 0.1), *make.tokens(3, 0.1, start=6.0)))),
        Code.RE_EXECUTED,
    ),
    "nothing was found out": (Evidence(), Code.UNKNOWN),
}


@pytest.mark.parametrize("name", FAULTS)
def test_names_each_fault(name: str) -> None:
    evidence, code = FAULTS[name]
    told = verdict(evidence)
    assert told.code is code, told
    assert told.sentence and all(line.strip() for line in told.evidence)
    if told.code not in HARMLESS:
        assert told.now, "says what to do"


@pytest.mark.parametrize("name", FAULTS)
def test_a_bundle_gives_the_same_verdict(name: str) -> None:
    evidence = FAULTS[name][0]
    assert verdict(bundle.read(bundle.write(evidence))) == verdict(evidence)


def test_every_rule_and_code_has_its_fault() -> None:
    told = {code for _, code in FAULTS.values()} | HARMLESS
    assert told == set(Code)
    silent = [rule.__name__ for rule in RULES if not any(rule(evidence) for evidence, _ in FAULTS.values())]
    assert not silent


def test_exit_codes_tell_verdicts_apart() -> None:
    codes = [code.exit_code for code in Code if code not in HARMLESS]
    assert len(set(codes)) == len(codes)
    assert {code.exit_code for code in HARMLESS} == {0}
    assert not {1, 2} & set(codes) and max(codes) < 126


# -- healthy servers ----------------------------------------------------------------------------------------------------

latencies = st.floats(0.0, 2.0)


@given(latencies)
def test_a_healthy_server_is_accused_of_nothing(latency: float) -> None:
    assert verdict(make.healthy(latency)).code is Code.HEALTHY


@given(latencies, st.integers(0, 40), st.floats(0.005, 4.0), st.floats(0.0, 2.0), st.booleans())
def test_a_healthy_run_is_accused_of_nothing(latency: float, count: int, every: float, jitter: float, ends: bool) -> None:
    """Fast, slow and far: tokens at any pace, each late by the way, a shared second of delay in the middle."""
    events = tuple(
        replace(each, at=each.at + (jitter if n > count // 2 else 0.0))
        for n, each in enumerate(make.tokens(count, every, delay=2 * latency))
    )
    events = tuple(each for each in events if each.at < 12.0)
    heard = make.with_events(make.listening(Line.RUN, latency=latency), events)
    later = None
    if ends:
        heard = replace(heard, ended=Ended.EOF, ended_at=max(each.at for each in heard.reads) + 0.5)
        later = make.run(RunStatus.SUCCESS, 20.0)
    evidence = replace(make.with_run(make.run(age=2.0), heard, later=later), server=make.server(latency), way=make.healthy(latency).way)
    told = verdict(evidence)
    if ends and not heard.text:
        assert told.code is Code.NOT_TOKENISED  # an answer in the state of which the stream brought nothing: true
    else:
        assert told.code in HARMLESS, told


@given(st.floats(0.0, 2.9))
def test_a_run_that_was_just_accepted_is_not_called_queued(age: float) -> None:
    evidence = _pending(Queue(1, 10, 0.1, 10, 0), age)
    assert verdict(replace(evidence, looks=evidence.looks[:1])).code is Code.WORKING


def test_a_slow_link_is_not_called_buffering() -> None:
    """One kilobyte a second: events come later and later, but bytes never pause."""
    events = tuple(replace(each, at=0.6 + n) for n, each in enumerate(make.tokens(10, 0.05)))
    heard = make.with_events(make.silent(Line.RUN), events)
    assert verdict(make.with_run(make.run(), heard)).code is Code.WORKING


def test_one_stall_of_the_network_is_not_called_buffering() -> None:
    events = tuple(replace(each, at=each.at if not 3 < each.at < 7 else 7.0) for each in make.tokens(55, 0.2))
    heard = make.with_events(make.silent(Line.RUN), events)
    assert verdict(make.with_run(make.run(), heard)).code is Code.WORKING


def test_a_server_without_heartbeats_is_not_called_buffering() -> None:
    assert verdict(_quiet_held(ServerKind.AEGRA)).code is Code.HEALTHY


def test_clocks_that_disagree_change_nothing() -> None:
    ahead = make.with_events(make.listening(Line.RUN), make.tokens(40, 0.2, made=make.CLOCK + 86_400))
    assert verdict(make.with_run(make.run(), ahead)).code is Code.WORKING


# -- how sure ---------------------------------------------------------------------------------------------------------------


def test_the_direct_address_proves_the_proxy() -> None:
    alone = _quiet_held()
    proven = replace(
        alone,
        direct_url="http://127.0.0.1:2025",
        direct=make.server(),
        lines=(*alone.lines, replace(make.listening(Line.QUIET), direct=True)),
    )
    assert (verdict(alone).sure, verdict(proven).sure) == (Sure.LIKELY, Sure.CERTAIN)
    assert "--direct" in " ".join(verdict(alone).now) and "--direct" not in " ".join(verdict(proven).now)


def test_a_cut_before_any_byte_may_be_either_timeout() -> None:
    evidence = replace(make.healthy(), lines=tuple(make.cut_after(make.listening(Line.QUIET, seconds=4), 3.0) for _ in range(3)))
    told = verdict(evidence)
    assert (told.code, told.sure, told.instead) == (Code.IDLE_TIMEOUT, Sure.LIKELY, (Code.DURATION_CAP,))


def test_a_stream_that_dies_midway_is_half_open_where_another_goes_on() -> None:
    dead = make.with_events(make.silent(Line.RUN), make.tokens(5, 0.2))
    assert verdict(make.with_run(make.run(), dead)).code is Code.HALF_OPEN
    assert verdict(make.with_run(make.run(), dead, make.silent(Line.QUIET), quiet=False)).code is not Code.HALF_OPEN


def test_what_cannot_be_told_apart_names_the_others() -> None:
    silent = verdict(_silent_model(ServerKind.JS, replayed=False))
    assert silent.sure is Sure.UNDECIDED and Code.BUFFERED in silent.instead
    assert verdict(_silent_model()).sure is Sure.LIKELY
    old = _silent_model(ServerKind.JS)
    old = replace(
        old, looks=tuple(replace(each, clock=make.CLOCK + 4000, run=make.run(age=4000.0), checkpoint_age=4000.0) for each in old.looks)
    )
    assert verdict(old).instead == (Code.ZOMBIE_RUN,) and verdict(old).action is Action.FREE
    assert set(verdict(_pending(None)).instead) == {Code.QUEUE_STARVED, Code.NO_WORKER}


@pytest.mark.parametrize(
    ("evidence", "action"),
    [(FAULTS["breakpoint"][0], Action.CONTINUE), (FAULTS["over"][0], Action.FETCH), (FAULTS["behind a dead run"][0], Action.FREE)],
)
def test_offers_what_helps(evidence: Evidence, action: Action) -> None:
    assert verdict(evidence).action is action


def test_a_certificate_is_told_with_its_issuer() -> None:
    told = verdict(FAULTS["certificate"][0])
    assert "unable to get local issuer certificate" in told.sentence and any("Corporate CA" in line for line in told.evidence)


def test_a_question_explains_silence_better_than_a_proxy() -> None:
    asked = FAULTS["question"][0]
    assert verdict(replace(asked, lines=_quiet_held().lines)).code is Code.WAITING_FOR_YOU


def test_words_from_outside_are_harmless() -> None:
    hostile = "\x1b]0;owned\x07[red]x[/red]\n" + "y" * 10_000
    told = verdict(_thread(lambda each: replace(each, error=hostile), RunStatus.ERROR))
    assert "\x1b" not in told.sentence and "\n" not in told.sentence and len(told.sentence) < 400


# -- bundles, and anything at all ------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.from_type(Evidence))
def test_any_evidence_gets_a_verdict(evidence: Evidence) -> None:
    assert verdict(evidence).sentence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": "canvas-tui doctor bundle", "version": 2}',
        '{"format": "canvas-tui doctor bundle", "version": 1, "evidence": 3}',
        '{"format": "canvas-tui doctor bundle", "version": 1, "evidence": {"lines": [{"line": "none"}]}}',
        '{"format": "canvas-tui doctor bundle", "version": 1, "evidence": {"seconds": 1e999}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_bundle_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(bundle.NoBundle, match=r"^This (file|bundle) .*\.$"):
        bundle.read(text)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.004, "4 ms"), (0.42, "0.4 s"), (12.2, "12 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words
