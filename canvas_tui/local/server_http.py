"""What every request to the local agent's server passes through."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from langgraph_sdk import get_client
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .server_threads import ThreadRows

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
INSIDE = "/noauth"
"""Root path of the server's requests to itself (``get_client()`` without an address)."""


class Guard:
    """Turns away what a web page in the user's browser sends: pages of other origins, and names that were made to point here."""

    def __init__(self, app: ASGIApp, any_host: bool) -> None:
        self.app, self.any_host = app, any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope.get("root_path") != INSIDE and not self._welcome(scope):
            await PlainTextResponse("This server answers programs of this machine only.\n", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _welcome(self, scope: Scope) -> bool:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"origin")}
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).hostname not in LOOPBACK:
            return False
        return self.any_host or urlsplit(f"//{headers.get(b'host', '')}").hostname in LOOPBACK


class KeepThreads:
    """Writes a thread's row into our table before the answer to its change goes out."""

    CHANGES = re.compile(r"^/threads(?:/(?P<id>[0-9a-fA-F-]{36})(?P<rest>/copy|/runs(?:/stream|/wait)?)?)?/?$")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Of this server's own requests a new title counts; those of ``restore`` come out of the table itself.
        changing = ("PATCH",) if scope.get("root_path") == INSIDE else ("POST", "PATCH", "DELETE")
        wanted = scope["type"] == "http" and scope["method"] in changing and hasattr(scope["app"].state, "rows")
        found = self.CHANGES.match(scope["path"]) if wanted else None
        if found is None:
            await self.app(scope, receive, send)
            return
        rows: ThreadRows = scope["app"].state.rows
        if not found["id"] or found["rest"] == "/copy":
            await self._new_thread(rows, scope, receive, send)
        else:
            await self._known_thread(rows, found["id"], scope, receive, send)

    async def _known_thread(self, rows: ThreadRows, thread_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def keep_first(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                await (rows.bury(thread_id) if scope["method"] == "DELETE" else keep(rows, thread_id))
            await send(message)

        await self.app(scope, receive, keep_first)

    async def _new_thread(self, rows: ThreadRows, scope: Scope, receive: Receive, send: Send) -> None:
        """Its id stands in the answer's body."""
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.start" or message.get("more_body"):
                return
            if held[0]["status"] < 300 and (thread_id := _thread_of(b"".join(each.get("body", b"") for each in held))):
                await keep(rows, thread_id)
            for each in held:
                await send(each)

        await self.app(scope, receive, hold)


def _thread_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["thread_id"])
    except (ValueError, KeyError, TypeError):
        return ""


async def keep(rows: ThreadRows, thread_id: str) -> None:
    for thread in await get_client().threads.search(ids=[thread_id], select=["thread_id", "metadata"]):
        await rows.keep(thread_id, thread.get("metadata") or {})
