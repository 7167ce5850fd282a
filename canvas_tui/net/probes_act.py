"""The harmless things that doctor does about a verdict, once the user has said yes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from canvas_tui.core.effects import CreateRun
from canvas_tui.core.model import Role, SendNothing
from canvas_tui.core.ports import ServerTarget
from canvas_tui.core.troubles import describe
from canvas_tui.core.verdict_run import ALIVE
from canvas_tui.wire import requests

from .api import Api
from .failed import RequestFailed
from .server import ServerLink

FIND = 20.0
"""Seconds for finding the server again."""
CANCELLING = 3.0
"""Seconds that a cancelled run has to end, before it is deleted."""


Act: TypeAlias = Callable[[Api], Awaitable[str]]


class NotDone(Exception):
    """``str()`` is a clause that says why."""


async def proceed(target: ServerTarget, thread_id: str) -> str:
    """ "Continue": a run with ``input: null``. Returns its id. Raises: NotDone."""
    return await _with_api(target, lambda api: api.create_run(thread_id, CreateRun(str(uuid.uuid4()), SendNothing())))


async def fetch(target: ServerTarget, thread_id: str) -> str:
    """The agent's text since the last human message, from the thread's state. Raises: NotDone."""

    async def read(api: Api) -> str:
        messages = (await api.read_thread(thread_id)).state.messages
        start = max((index for index, message in enumerate(messages) if message.role is Role.HUMAN and not message.hidden), default=-1)
        texts = [message.text for message in messages[start + 1 :] if message.role is Role.AI and message.text and not message.hidden]
        if not texts:
            raise NotDone("the thread holds no answer")
        return "\n\n".join(texts)

    return await _with_api(target, read)


async def free(target: ServerTarget, thread_id: str, run_id: str) -> str:
    """Cancel the run; where that does nothing (a JS server that was restarted, measured), delete it.

    Returns what was done. Raises: NotDone.
    """

    async def release(api: Api) -> str:
        await api.cancel_run(thread_id, run_id)
        deadline = asyncio.get_running_loop().time() + CANCELLING
        while asyncio.get_running_loop().time() < deadline:
            if (await api.read_run(thread_id, run_id)).status not in ALIVE:
                return "the run was cancelled"
            await asyncio.sleep(0.25)
        await api.client.request("DELETE", requests.run_path(thread_id, run_id))
        return "the run could not be cancelled and was deleted"

    return await _with_api(target, release)


async def _with_api(target: ServerTarget, act: Act) -> str:
    link = ServerLink(target, target.user_id, None, changed=lambda: None, up=lambda away: None)
    try:
        link.start()
        async with asyncio.timeout(FIND):
            return await act(await link.api())
    except RequestFailed as failed:
        raise NotDone(describe(failed.failure)) from None
    except TimeoutError:
        raise NotDone("the server did not answer in time") from None
    finally:
        await link.close()
