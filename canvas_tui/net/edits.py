"""The artifact between the thread's state and what is done here: changes by hand in the journal and on their way, and what a turn sends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Saving
from canvas_tui.core.effects import CreateRun, PostArtifact, SendMessage
from canvas_tui.core.inputs import ArtifactSaved
from canvas_tui.core.model import Session
from canvas_tui.core.ports import Edit, Journal
from canvas_tui.wire import history, requests
from canvas_tui.wire.artifact import read_artifact
from canvas_tui.wire.jsontext import mapping
from canvas_tui.wire.shape import InputShape

from .tasks import Tasks

if TYPE_CHECKING:
    from .api import Api


class Edits:
    """Keeps a thread's change by hand in the journal for as long as the thread does not have it."""

    def __init__(self, thread_id: str, server: str, journal: Journal, writes: Tasks) -> None:
        self._thread_id, self._server, self._journal, self._writes = thread_id, server, journal, writes
        self._kept: Edit | None = None

    def follow(self, before: Session, after: Session) -> None:
        """The session has changed."""
        if before.saving is not after.saving:
            self._follow_saving(after)
        if before.draft is not after.draft and (left := _left(after.draft)) != _left(before.draft):
            self._writes.spawn(self._journal.keep_partial(self._server, self._thread_id, left))

    def _follow_saving(self, after: Session) -> None:
        edit = self._edit(after.saving)
        if edit is None and self._kept is not None:
            self._writes.spawn(self._journal.drop_edit(self._server, self._thread_id, saving=True))
        elif edit is not None and edit != self._kept:
            self._writes.spawn(self._journal.keep_edit(self._server, edit))
        self._kept = edit

    async def kept(self) -> None:
        """Returns when it is durable."""
        if self._kept is not None:
            await self._journal.keep_edit(self._server, self._kept)

    def adopt(self, edit: Edit) -> None:
        """It is in the journal already."""
        self._kept = edit

    def _edit(self, saving: Saving | None) -> Edit | None:
        """The newest change of text; where there is none, the choice of a version."""
        chain: list[Saving] = []
        while saving is not None:
            chain.append(saving)
            saving = saving.then
        chosen = next((each for each in reversed(chain) if not each.choose), chain[-1] if chain else None)
        return Edit(self._thread_id, chosen.mine, chosen.base, saving=True, choose=chosen.choose) if chosen is not None else None


def _left(draft: Draft | None) -> Draft | None:
    """What a run that is over left of a version."""
    return draft if draft is not None and draft.standing is not DraftStanding.WRITING else None


async def post(api: Api, thread_id: str, effect: PostArtifact) -> ArtifactSaved:
    """Raises: RequestFailed."""
    checkpoint = history.checkpoint_json(thread_id, effect.checkpoint_id) if effect.checkpoint_id else None
    answer = await api.client.post(requests.state_path(thread_id), requests.save_body(effect, checkpoint))
    return ArtifactSaved(effect.artifact, requests.saved_at(answer.value))


async def with_newest(api: Api, thread_id: str, effect: CreateRun) -> CreateRun:
    """The artifact of a turn takes the place of the thread's: versions that came from elsewhere meanwhile go with it.

    Raises:
        RequestFailed: the thread cannot be read.
    """
    payload = effect.payload
    if api.dialect.shape is not InputShape.OPEN_CANVAS or not isinstance(payload, SendMessage):
        return effect
    if payload.artifact is None or payload.fork is not None:
        return effect
    state = await api.client.get(requests.state_path(thread_id))
    theirs = read_artifact(mapping(mapping(state.value).get("values")).get("artifact"))
    if theirs is None or not set(payload.artifact.versions) < set(theirs.versions):
        return effect
    return replace(effect, payload=replace(payload, artifact=Artifact(payload.artifact.current, theirs.versions)))
