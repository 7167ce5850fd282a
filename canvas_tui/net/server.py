"""The connection to the server as a whole: finding it, knowing what it is, saying what is wrong, coming back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from canvas_tui.core.model import Failure, FailureKind, ServerKind, ServerPhase, ServerState
from canvas_tui.core.policy import backoff
from canvas_tui.core.ports import LocalFailure, LocalServer, ServerTarget
from canvas_tui.core.troubles import describe
from canvas_tui.wire import requests
from canvas_tui.wire.server import Assistant, NoAssistant, choose_assistant, is_langgraph_info, read_assistants, read_kind
from canvas_tui.wire.shape import InputShape, shape_of_companions, shape_of_schemas

from .failed import RequestFailed, host_port

if TYPE_CHECKING:
    from .api import Api
    from .client import Answer, Client

HOPELESS = frozenset(
    {
        FailureKind.AUTH,
        FailureKind.MISSING,
        FailureKind.STRANGE,
        FailureKind.REDIRECT,
        FailureKind.TLS,
        FailureKind.REJECTED,
        FailureKind.LOCAL,
        FailureKind.TOO_BIG,
    }
)
"""Trying again by itself does not help."""
GONE = frozenset({FailureKind.REFUSED, FailureKind.DNS, FailureKind.TIMEOUT, FailureKind.PROXY})
"""A request that failed so says that the server is away."""
AGAIN = "Trying again …"
PAGE = 100
PAGES = 10


class ServerLink:
    """Holds the newest `ServerState` and, once the server has been found, the `Api`.

    Args:
        changed: called after each change of ``state``.
        up: called each time the server has been found (again), with whether it may have been away. Where a new connection was refused and
            an open one still works it was not: what waits to be tried again keeps its patience.
    """

    def __init__(
        self, target: ServerTarget, user_id: str, local: LocalServer | None, *, changed: Callable[[], None], up: Callable[[bool], None]
    ) -> None:
        self.target = target
        self.graphs: tuple[str, ...] = ()
        self._user_id = user_id
        self._local = local if target.local else None
        self._changed = changed
        self._up = up
        self._api: Api | None = None
        self._old: list[Client] = []  # of earlier addresses; streams may still read from them
        self._failure: Failure | None = None
        self._turned = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        name = target.name or ("local agent" if target.local else host_port(target.url))
        sentence = "Starting the local agent …" if target.local else f"Connecting to {host_port(target.url)} …"
        log_path = self._local.log_path() if self._local else ""
        self.state = ServerState(
            ServerPhase.STARTING, name, target.url, assistant=target.assistant, local=target.local, sentence=sentence, log_path=log_path
        )

    @property
    def key(self) -> str:
        """The server's name in the journal."""
        return "local" if self.target.local else self.target.url

    @property
    def is_up(self) -> bool:
        return self.state.phase is ServerPhase.UP

    def start(self, *, doubted: bool = False) -> None:
        """Look for the server, unless that is being done. ``doubted``: it was there a moment ago."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._connect(doubted))

    def retry(self) -> None:
        """The user's word: look again now, without waiting."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.state.phase is not ServerPhase.UP:
            self._turn(replace(self.state, phase=ServerPhase.STARTING, sentence=f"Connecting to {self.state.name} …", log=()))
        self.start()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for client in [*self._old, *([self._api.client] if self._api else [])]:
            await client.close()
        if self._local is not None:
            await self._local.release()

    async def api(self) -> Api:
        """The server, waited for until it has been found once.

        Raises:
            RequestFailed: it cannot work without the user.
        """
        while True:
            if self.state.phase is ServerPhase.FAILED:
                raise RequestFailed(self._failure or Failure(FailureKind.REFUSED))
            if self._api is not None:
                return self._api
            await self._turned.wait()

    def suspect(self, failure: Failure) -> None:
        """A request failed: where that says that the server is away, look for it."""
        if failure.kind in GONE and self.state.phase is ServerPhase.UP:
            self._turn(replace(self.state, phase=ServerPhase.DOWN, sentence=_down(failure)))
            self.start(doubted=self._local is None)

    async def woke(self) -> None:
        """The machine slept."""
        if self._api is not None:
            await self._api.client.renew()

    # -- looking

    async def _connect(self, doubted: bool) -> None:
        attempt = 0
        while True:
            try:
                await self._find()
            except LocalFailure as failed:
                kind = FailureKind.SETTINGS if failed.settings else FailureKind.LOCAL
                self._fail(Failure(kind, detail=str(failed)), str(failed), log=failed.log, log_path=failed.log_path)
            except NoAssistant as failed:
                self._fail(Failure(FailureKind.REJECTED, detail=str(failed)), str(failed))
            except RequestFailed as failed:
                if failed.failure.kind not in HOPELESS:
                    self._turn(replace(self.state, phase=ServerPhase.DOWN, sentence=_down(failed.failure)))
                    await asyncio.sleep(backoff(attempt, self.key, failed.failure))
                    attempt += 1
                    continue
                self._fail(failed.failure, _hopeless(failed.failure))
            else:
                self._up(not doubted or attempt > 0)
            return

    async def _find(self) -> None:
        url, assistant, model, note = self.target.url, self.target.assistant, "", ""
        if self._local is not None:
            address = await self._local.ensure(self._tell)
            url, assistant, model, note = address.url, assistant or address.assistant, address.model, address.note
        client = self._api.client if self._api else None
        if client is None or client.url != url.rstrip("/"):
            client = await asyncio.to_thread(_client, self.target, url)
            self._old.append(client)
        kind, version = await _identify(client)
        found = await _assistants(client)
        chosen = choose_assistant(found, assistant)
        self.graphs = tuple({a.graph_id for a in found})
        shape = await _shape(client, kind, chosen, self.graphs)
        config = dict(self.target.model_config or {})
        dialect = requests.Dialect(kind, chosen.id, chosen.graph_id, shape, self._user_id, config)
        self._api = _api(client, dialect)
        self._failure = None
        shown = chosen.name or chosen.graph_id
        self._turn(
            replace(
                self.state,
                phase=ServerPhase.UP,
                url=url,
                kind=kind,
                version=version,
                assistant=shown,
                model=model or self.state.model,
                sentence=note,
                log=(),
            )
        )

    def _tell(self, sentence: str) -> None:
        """The local agent tells how far it is."""
        self._turn(replace(self.state, sentence=sentence))

    def _fail(self, failure: Failure, sentence: str, *, log: tuple[str, ...] = (), log_path: str = "") -> None:
        self._failure = failure
        path = log_path or self.state.log_path
        self._turn(replace(self.state, phase=ServerPhase.FAILED, sentence=sentence, log=log, log_path=path, failure=failure))

    def _turn(self, state: ServerState) -> None:
        self.state = state if state.phase is ServerPhase.FAILED else replace(state, failure=None)
        self._turned.set()
        self._turned = asyncio.Event()
        self._changed()


def _client(target: ServerTarget, url: str) -> Client:
    """In a thread and late: the HTTP client takes long to load, and making one reads the certificates of the machine. The first frame waits
    for neither.
    """
    from .client import Client

    return Client(target, url)


def _api(client: Client, dialect: requests.Dialect) -> Api:
    from .api import Api

    return Api(client, dialect)


async def _identify(client: Client) -> tuple[ServerKind, str]:
    """Raises:
    RequestFailed: away, or no LangGraph server.
    """
    try:
        answer = await client.get(requests.INFO_PATH)
    except RequestFailed as failed:
        if failed.failure.kind is not FailureKind.MISSING:
            raise
        answer = await client.get(requests.OK_PATH)  # older servers tell only this
        return ServerKind.UNKNOWN, ""
    if not is_langgraph_info(answer.value):
        raise RequestFailed(_not_langgraph(client, answer))
    return read_kind(answer.value, answer.headers)


def _not_langgraph(client: Client, answer: Answer) -> Failure:
    return Failure(FailureKind.STRANGE, detail=str(answer.value)[:200], status=answer.status, where=host_port(client.url))


async def _assistants(client: Client) -> list[Assistant]:
    found: list[Assistant] = []
    for page in range(PAGES):
        answer = await client.post(requests.ASSISTANTS_PATH, {"limit": PAGE, "offset": page * PAGE})
        if not isinstance(answer.value, list):
            raise RequestFailed(_not_langgraph(client, answer))
        found += read_assistants(answer.value)
        if len(answer.value) < PAGE:
            break
    return found


async def _shape(client: Client, kind: ServerKind, chosen: Assistant, graphs: tuple[str, ...]) -> InputShape:
    """By the graph's schema where the server tells it at once."""
    if kind is not ServerKind.JS:
        try:
            told = shape_of_schemas((await client.get(requests.schemas_path(chosen.id))).value)
        except RequestFailed as failed:
            if failed.failure.kind in GONE:
                raise
            told = None
        if told is not None:
            return told
    return shape_of_companions(chosen.graph_id, graphs)


def _sentence(failure: Failure) -> str:
    words = describe(failure)
    return f"{words[:1].upper()}{words[1:]}."


def _down(failure: Failure) -> str:
    return f"{_sentence(failure)} {AGAIN}"


_HINTS = {
    FailureKind.AUTH: "Set this server's key (key_env or key_command), then try again.",
    FailureKind.TLS: "Trust its issuer (SSL_CERT_FILE) or correct the address, then try again.",
}


def _hopeless(failure: Failure) -> str:
    if failure.kind in (FailureKind.MISSING, FailureKind.STRANGE):
        said = f" It says: {failure.detail}" if failure.detail else ""
        return f"{failure.where or 'The address'} answers, but it is no LangGraph server. Check the address.{said}"
    return f"{_sentence(failure)} {_HINTS.get(failure.kind, 'Correct that, then try again.')}"
