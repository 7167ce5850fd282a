"""The graph's nodes that write on the canvas, named as in Open Canvas. Each leaves a new version; what stood there stays."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_store
from langgraph.graph import END

from canvas_tui.core.model_text import only_thoughts
from canvas_tui.core.open_canvas import PART_CALL

from . import artifacts, prompts
from .actions import action_of
from .artifacts import ArtifactFault, Span, wanted
from .artifacts import Kind as Form
from .calls import ask, code_of, object_in, text_of, was_cut
from .generating import TOOL, generate
from .memory import custom_action, user_of
from .models import ModelFailure
from .nodes import conversation_of, found_of, known, own_prompt
from .state import State, Version
from .tasks import Kind, Task

REWRITE_CALL = "rewrite_artifact_model_call"
FOLLOWUP = "generateFollowup"
WAS_CUT = "cut"
"""In ``next``, for the node after: the model stopped before its end."""


def put(state: State, version: Version, *, cut: bool = False) -> dict[str, Any]:
    """The update that makes this the newest version."""
    return {"artifact": artifacts.appended(state.get("artifact"), version), "next": WAS_CUT if cut else FOLLOWUP}


def whole(answer: AIMessage, form: Form) -> str:
    """A new version as the model wrote it.

    Raises:
        ModelFailure: where it wrote nothing.
    """
    text = code_of(answer) if form == "code" else text_of(answer)
    if not text.strip():
        raise ModelFailure("The model was asked for a new version and wrote nothing. The one before stays.")
    return text


def fitted(part: str, old: str) -> str:
    """The new part with the line ends of the old one: models leave them out, or add some, and the next line would run into it."""
    body = part.rstrip("\r\n")
    return body + old[len(old.rstrip("\r\n")) :] if body else part


def after_writing(state: State) -> str:
    """As ``take_path``: no word of it where a client has edited the state since."""
    return FOLLOWUP if state.get("next") else END


async def generate_artifact(state: State, config: RunnableConfig) -> dict[str, Any]:
    conversation, about, found = conversation_of(state), await known(config), found_of(state)
    told = (conversation, about.told, own_prompt(config), prompts.results(found))
    task = Task(Kind.GENERATE, prompts.generate(*told), conversation, remembered=about.remembered, found=prompts.links(found), name=TOOL)
    made = await generate(task, prompts.generate_plainly(*told), config)
    return put(state, made.version, cut=made.cut)


async def rewrite_artifact(state: State, config: RunnableConfig) -> dict[str, Any]:
    conversation, version = conversation_of(state), wanted(state.get("artifact"))
    answer = await ask(Task(Kind.META, prompts.meta(conversation, version), conversation, version), config)
    becomes, about, found = becoming(version, object_in(text_of(answer))), await known(config), found_of(state)
    messages = prompts.rewrite(conversation, version, becomes, about.told, own_prompt(config), prompts.results(found))
    answer = await ask(
        Task(Kind.REWRITE, messages, conversation, version, remembered=about.remembered, found=prompts.links(found), name=REWRITE_CALL),
        config,
    )
    return put(state, artifacts.rewritten(becomes, whole(answer, becomes["type"])), cut=was_cut(answer))


def becoming(version: Version, meta: dict[str, Any]) -> Version:
    """The version with the kind, language and title that the model gave, where it gave any."""
    kind: Form = version["type"] if meta.get("type") not in artifacts.KINDS else meta["type"]
    title = " ".join(str(meta.get("title") or "").split()) or version["title"]
    language = str(meta.get("language") or "").strip().lower() or artifacts.language(version)
    return artifacts.made(kind, title, artifacts.body(version), language)


async def rewrite_part(state: State, config: RunnableConfig, version: Version, span: Span) -> dict[str, Any]:
    conversation, code = conversation_of(state), version["type"] == "code"
    about = await known(config)
    messages = prompts.part(conversation, span, prompts.form(version), about.told)
    task = Task(Kind.PART, messages, conversation, version, part=span.part, remembered=about.remembered, name=PART_CALL if code else "")
    answer = await ask(task, config)
    cut = was_cut(answer)
    part = code_of(answer) if code else text_of(answer)
    if not part.strip() and (cut or only_thoughts(str(answer.text))):  # at its end it means: away with it
        raise ModelFailure("The model stopped before it wrote anything of the new part. The version before stays.")
    return put(state, artifacts.rewritten(version, span.with_part(fitted(part, span.part))), cut=cut)


async def update_artifact(state: State, config: RunnableConfig) -> dict[str, Any]:
    """The highlighted part of a program."""
    version, highlight = wanted(state.get("artifact"), "code"), state.get("highlightedCode")
    if highlight is None:
        raise ArtifactFault("No part of the program is highlighted.")
    return await rewrite_part(state, config, version, artifacts.of_code(artifacts.body(version), highlight))


async def update_highlighted_text(state: State, config: RunnableConfig) -> dict[str, Any]:
    version, highlight = wanted(state.get("artifact"), "text"), state.get("highlightedText")
    if highlight is None:
        raise ArtifactFault("No part of the document is highlighted.")
    return await rewrite_part(state, config, version, artifacts.of_text(highlight))


async def rewrite_artifact_theme(state: State, config: RunnableConfig) -> dict[str, Any]:
    return await act(state, config, "text")


async def rewrite_code_artifact_theme(state: State, config: RunnableConfig) -> dict[str, Any]:
    return await act(state, config, "code")


async def act(state: State, config: RunnableConfig, form: Form) -> dict[str, Any]:
    version, action = wanted(state.get("artifact"), form), action_of(state)
    if action is None:
        raise ArtifactFault("No action was named.")
    messages = prompts.action(version, action, (await known(config)).told)
    answer = await ask(Task(Kind.ACTION, messages, conversation_of(state), version, action), config)
    becomes = artifacts.made(form, version["title"], "", action.port or artifacts.language(version))
    return put(state, artifacts.rewritten(becomes, whole(answer, form)), cut=was_cut(answer))


async def run_custom_action(state: State, config: RunnableConfig) -> dict[str, Any]:
    """An action of the user's own, out of the store."""
    version = wanted(state.get("artifact"))
    action = await custom_action(get_store(), user_of(config), str(state.get("customQuickActionId")))
    if action is None:
        raise ArtifactFault("This action is not there any more. List the actions anew.")
    about = await known(config)
    messages = prompts.custom(action, version, conversation_of(state), about.remembered.told(), about.papers)
    answer = await ask(Task(Kind.CUSTOM, messages, conversation_of(state), version, prompt=action.prompt), config)
    return put(state, artifacts.rewritten(version, whole(answer, version["type"])), cut=was_cut(answer))
