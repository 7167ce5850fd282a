"""A graph's interrupts as questions to a person, and the person's answers as the JSON that resumes the graph.

Shapes known: plain values; ``{"question": …, "options": […]}`` and its cousins; LangGraph's HumanInterrupt (``action_request``
with ``config.allow_…``, one or a list); LangChain's human-in-the-loop middleware (``action_requests`` with ``review_configs``, or one
``tool_approval`` a call).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import field
from enum import StrEnum

from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import Interrupt, Json


class Mode(StrEnum):
    NOW = "now"  # answers at once
    TEXT = "text"  # the typed text completes it
    EDIT = "edit"  # JSON to be changed, then sent


@frozen
class Choice:
    """``value`` is the answer as the graph wants it; for TEXT and EDIT ``make`` builds it from what was typed."""

    label: str
    value: Json = None
    mode: Mode = Mode.NOW
    make: Callable[[Json], Json] = field(default=lambda typed: typed, compare=False)
    hint: str = ""  # what to type
    start: str = ""  # text to begin from


@frozen
class Question:
    """One thing to be answered. ``typed`` is the choice that plain typing makes; None: only a choice is an answer."""

    prompt: str
    details: str = ""
    choices: tuple[Choice, ...] = ()
    typed: Choice | None = None


@frozen
class Inquiry:
    """An interrupt: its questions one after another, and how their answers become the one value that resumes it."""

    id: str
    questions: tuple[Question, ...]
    combine: Callable[[Sequence[Json]], Json] = field(compare=False)


class NotJson(ValueError):
    """The text should have been JSON; ``str()`` says where it is not."""


PROMPT_KEYS = ("question", "prompt", "message", "description", "title", "query", "text", "instruction", "task")
CHOICE_KEYS = ("options", "choices", "actions", "answers")
LABEL_KEYS = ("label", "title", "name", "text", "description", "value", "id")
VALUE_KEYS = ("value", "id", "key")
ASKED = "The agent waits for an answer."


def read(interrupt: Interrupt) -> Inquiry:
    value = interrupt.value
    for fits, build in _SHAPES:
        if fits(value):
            questions, combine = build(value)
            return Inquiry(interrupt.id, tuple(questions), combine)
    return Inquiry(interrupt.id, (_plain(value),), _first)


def typed_answer(question: Question, text: str) -> Json:
    """What typed ``text`` answers: a choice by number or label, else the text as the question takes it.

    Raises:
        NotJson: the question wants JSON, and this is none.
    """
    wanted = text.strip().casefold()
    for number, choice in enumerate(question.choices, 1):
        if choice.mode is Mode.NOW and wanted in (str(number), choice.label.casefold()):
            return choice.value
    return complete(question.typed or Choice("", mode=Mode.TEXT), text)


def complete(choice: Choice, text: str) -> Json:
    """The answer that ``choice`` makes of typed text (see ``typed_answer``)."""
    return choice.make(_parse(text) if choice.mode is Mode.EDIT else text)


def _parse(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise NotJson(f"That is not valid JSON (line {line}). Mend it and press Enter again.") from None


def _first(answers: Sequence[Json]) -> Json:
    return answers[0]


# -- plain values and questions with options -----------------------------------------------------------------------


def _plain(value: Json) -> Question:
    if isinstance(value, str):
        return Question(value or ASKED, typed=Choice("", mode=Mode.TEXT))
    if isinstance(value, dict):
        prompt_key = next((key for key in PROMPT_KEYS if isinstance(value.get(key), str) and value[key]), "")
        choice_key = next((key for key in CHOICE_KEYS if isinstance(value.get(key), list) and value[key]), "")
        rest = {key: item for key, item in value.items() if key not in (prompt_key, choice_key) and item not in (None, "", [], {})}
        choices = tuple(_choice(item) for item in value[choice_key]) if choice_key else ()
        prompt = value[prompt_key] if prompt_key else ASKED
        typed = Choice("", mode=Mode.TEXT, make=str if prompt_key else _json_or_text)
        return Question(prompt, _pretty(rest) if rest else "", choices, typed)
    if isinstance(value, list) and value and all(isinstance(item, str | int | float) for item in value):
        return Question(ASKED, choices=tuple(_choice(item) for item in value), typed=Choice("", mode=Mode.TEXT))
    return Question(ASKED, "" if value is None else _pretty(value), typed=Choice("", mode=Mode.TEXT, make=_json_or_text))


def _choice(item: Json) -> Choice:
    if isinstance(item, dict):
        label = next((str(item[key]) for key in LABEL_KEYS if isinstance(item.get(key), str | int | float)), _short(item))
        answer = next((item[key] for key in VALUE_KEYS if key in item), item)
        return Choice(label, answer)
    return Choice(_short(item), item)


def _json_or_text(text: Json) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _pretty(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _short(value: Json) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# -- HumanInterrupt: answered by a list of {"type", "args"} ---------------------------------------------------------


def _requests(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else [value]


def _is_human_interrupt(value: Json) -> bool:
    items = _requests(value)
    return bool(items) and all(isinstance(item, dict) and isinstance(item.get("action_request"), dict) for item in items)


def _human_interrupt(value: Json) -> tuple[list[Question], Callable[[Sequence[Json]], Json]]:
    return [_human_question(item) for item in _requests(value)], list


def _human_question(item: Json) -> Question:
    request, config = item["action_request"], item.get("config")
    action, args = str(request.get("action", "")), request.get("args")
    allowed = config if isinstance(config, dict) else {"allow_accept": True, "allow_respond": True}
    respond = Choice("Respond", mode=Mode.TEXT, make=lambda text: {"type": "response", "args": text}, hint="your response")
    edit = Choice(
        "Edit",
        mode=Mode.EDIT,
        make=lambda changed: {"type": "edit", "args": {"action": action, "args": changed}},
        start=_pretty(args),
        hint="the changed arguments, as JSON",
    )
    table = (
        ("allow_accept", Choice("Accept", {"type": "accept", "args": None})),
        ("allow_edit", edit),
        ("allow_respond", respond),
        ("allow_ignore", Choice("Ignore", {"type": "ignore", "args": None})),
    )
    choices = tuple(choice for name, choice in table if allowed.get(name))
    prompt = str(item.get("description") or "") or f"The agent wants to run {action}."
    details = f"{action} {_pretty(args)}" if args else ""
    return Question(prompt, details, choices, respond if respond in choices else None)


# -- human-in-the-loop middleware: answered by {"decisions": [...]} -------------------------------------------------


def _is_review(value: Json) -> bool:
    if not isinstance(value, dict) or not isinstance(requests := value.get("action_requests"), list):
        return False
    return bool(requests) and all(isinstance(item, dict) for item in requests)


def _review(value: Json) -> tuple[list[Question], Callable[[Sequence[Json]], Json]]:
    configs = [item for item in value.get("review_configs") or [] if isinstance(item, dict)]
    allowed = {str(item.get("action_name", "")): item.get("allowed_decisions") for item in configs}
    questions = [_review_question(item, allowed.get(str(item.get("name", "")))) for item in value["action_requests"]]
    return questions, lambda answers: {"decisions": list(answers)}


def _review_question(request: Json, allowed: Json) -> Question:
    name, args = str(request.get("name", "")), request.get("args", request.get("arguments"))
    decisions = allowed if isinstance(allowed, list) and allowed else ["approve", "reject"]
    reject = Choice("Reject", mode=Mode.TEXT, make=lambda text: {"type": "reject", "message": text}, hint="why not")
    edit = Choice(
        "Edit",
        mode=Mode.EDIT,
        make=lambda changed: {"type": "edit", "edited_action": {"name": name, "args": changed}},
        start=_pretty(args),
        hint="the changed arguments, as JSON",
    )
    respond = Choice("Respond", mode=Mode.TEXT, make=lambda text: {"type": "respond", "message": text}, hint="your response")
    table = {"approve": Choice("Approve", {"type": "approve"}), "edit": edit, "reject": reject, "respond": respond}
    choices = tuple(table[str(name)] for name in decisions if str(name) in table)
    typed = next((choice for choice in (respond, reject) if choice in choices), None)
    prompt = str(request.get("description") or "") or f"The agent wants to run {name}."
    return Question(prompt, f"{name} {_pretty(args)}" if args else name, choices, typed)


def _is_approval(value: Json) -> bool:
    return isinstance(value, dict) and value.get("type") == "tool_approval" and "name" in value


def _approval(value: Json) -> tuple[list[Question], Callable[[Sequence[Json]], Json]]:
    return [_review_question(value, ["approve", "edit", "reject"])], _first


_SHAPES: tuple[tuple[Callable[[Json], bool], Callable[[Json], tuple[list[Question], Callable[[Sequence[Json]], Json]]]], ...] = (
    (_is_human_interrupt, _human_interrupt),
    (_is_review, _review),
    (_is_approval, _approval),
)
