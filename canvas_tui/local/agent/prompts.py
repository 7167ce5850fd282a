"""What the model is told about its task, in this project's own words. Each function gives the whole of the messages of one call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from canvas_tui.core.model_text import without_thoughts

from .actions import PORTS, Action
from .artifacts import Span, body, language
from .attachments import readable
from .memory import CustomAction
from .routing import WORDS
from .state import Version

ASSISTANT = """\
You are an assistant whom someone talks to in a terminal. Answer in Markdown that reads well there: short paragraphs, headings only in long
answers, code in fenced blocks with the language named, narrow tables. Say plainly when you do not know something."""

BESIDE = "Beside the conversation stands a canvas: one document or one program, which you write and rewrite while the user edits it too."

ONLY = "Your answer is put in place as it is: no greeting, no explanation, no remark on what you did, and no fence around the whole."

RECENT = 10
"""Messages of the conversation that a custom action is told, where it asks for them."""
PEEK = 4_000
"""Characters of an artifact that helpers see, where the gist is enough."""


def system(*parts: str) -> SystemMessage:
    return SystemMessage("\n\n".join(part.strip() for part in parts if part.strip()))


def shown(version: Version, longest: int | None = None) -> str:
    """The canvas as a part of a prompt."""
    about = f"a program ({language(version)})" if version["type"] == "code" else "a document in Markdown"
    return f'On the canvas stands {about} with the title "{version["title"]}":\n\n<canvas>\n{body(version)[:longest]}\n</canvas>'


def form(version: Version) -> str:
    if version["type"] == "code":
        return f"Write the program in {PORTS.get(language(version), language(version))}, and nothing but its source."
    return "Write Markdown."


def reply(conversation: Sequence[AnyMessage], context: str, version: Version | None, own: str, found: str) -> list[AnyMessage]:
    canvas = f"{BESIDE} You do not change it in this answer.\n\n{shown(version)}" if version else ""
    return [system(ASSISTANT, own, context, canvas, found), *spoken(conversation)]


def route(conversation: Sequence[AnyMessage], version: Version | None) -> list[AnyMessage]:
    chat, artifact = WORDS
    if version is None:
        rule = f"""\
Say {artifact} when the newest message asks for something to be written that one would keep, copy, or work on: a text of its own (an essay,
a letter, a plan, a story, a report) or a program. Say {chat} for all else: questions, talk, short explanations, a snippet in passing."""
    else:
        rule = f"""\
Say {artifact} when the newest message wants the canvas to be changed, added to, redone, or replaced by something else. Say {chat} when it
is a question or a remark, also one about what stands on the canvas."""
    ask = f"{rule}\n\nAnswer with one word, {chat} or {artifact}."
    told = system("You decide what happens to a user's newest message.", BESIDE, shown(version, PEEK) if version else "", ask)
    return [told, *last_said(conversation, f"Which is it, {chat} or {artifact}? One word.")]


def spoken(conversation: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The conversation in turns, from the user's first words on: providers refuse one that the model begins (a quick action's follow-up
    may stand first), some one with an empty answer, and the templates of some local models two in a row by the same (a turn that failed,
    a quick action, a summary). What the model once thought is not said to it again."""
    said: list[AnyMessage] = []
    for message in dropwhile(lambda message: not isinstance(message, HumanMessage), map(_told, readable(conversation))):
        if isinstance(message, AIMessage) and not message.tool_calls and not message.text.strip():
            continue
        if said and (joined := _joined(said[-1], message)) is not None:
            said[-1] = joined
        else:
            said.append(message)
    return said


def _told(message: AnyMessage) -> AnyMessage:
    if isinstance(message, AIMessage) and isinstance(message.content, str):
        return message.model_copy(update={"content": without_thoughts(message.content)})
    return message


def _joined(one: AnyMessage, other: AnyMessage) -> AnyMessage | None:
    """Two of the same speaker as one message; None where they are not, or more than words."""
    if type(one) is not type(other) or not (isinstance(one.content, str) and isinstance(other.content, str)):
        return None
    if isinstance(one, AIMessage) and isinstance(other, AIMessage) and (one.tool_calls or other.tool_calls):
        return None
    if not isinstance(one, AIMessage | HumanMessage):
        return None
    return one.model_copy(update={"content": f"{one.content}\n\n{other.content}"})


def last_said(conversation: Sequence[AnyMessage], question: str, most: int = 6) -> list[AnyMessage]:
    """The end of a conversation as one message: what helpers decide on is not theirs to answer."""
    return [HumanMessage(f"<conversation>\n{transcript(conversation[-most:])}\n</conversation>\n\n{question}")]


def transcript(conversation: Sequence[AnyMessage], longest: int = PEEK) -> str:
    told = [(message.type, message.text) for message in map(_told, readable(conversation))]
    return "\n\n".join(f"{who}: {text[:longest]}" for who, text in told if text.strip())


def generate(conversation: Sequence[AnyMessage], context: str, own: str, found: str) -> list[AnyMessage]:
    told = """\
Write what the newest message asks for onto the canvas, complete, by calling the tool. A text is written in Markdown and begins with its
heading; a program is source code without a fence around it. Give the title last, in at most five words."""
    return [system("You write for a user.", BESIDE, told, own, context, found), *spoken(conversation)]


def generate_plainly(conversation: Sequence[AnyMessage], context: str, own: str, found: str) -> list[AnyMessage]:
    """For models that know no tools: what the tool's call would say stands in the first lines."""
    told = """\
Write what the newest message asks for, complete. Your answer begins with three lines, exactly like these:
type: text
language: other
title: A Title of at Most Five Words
For a program the type is code and the language is its name in small letters (python, typescript, cpp …). Then comes an empty line, and
after it the text in Markdown, or the source code without a fence around it. Nothing else."""
    return [system("You write for a user.", BESIDE, told, own, context, found), *spoken(conversation)]


def meta(conversation: Sequence[AnyMessage], version: Version) -> list[AnyMessage]:
    now = {"type": version["type"], "title": version["title"], "language": language(version)}
    told = f"""\
The canvas is about to be rewritten as the newest message asks. Say what it will be then, as one JSON object and nothing else. Now it is
{json.dumps(now, ensure_ascii=False)}
"type" is "text" or "code"; "language" is the name of the programming language in small letters, and "other" for a text. Keep all three
unless the message wants another kind of thing, another language, or makes the title wrong."""
    return [system(told, shown(version, PEEK)), *last_said(conversation, "The JSON object:")]


def rewrite(conversation: Sequence[AnyMessage], version: Version, becomes: Version, context: str, own: str, found: str) -> list[AnyMessage]:
    told = "Write the whole new version of it, as the newest message asks; leave alone what the message is not about."
    return [system(BESIDE, told, form(becomes), ONLY, own, context, found, shown(version)), *spoken(conversation)]


def action(version: Version, wanted: Action, context: str) -> list[AnyMessage]:
    ported = f"Write nothing but the source ({PORTS.get(wanted.port, wanted.port)})." if wanted.port else form(version)
    return [system(BESIDE, wanted.instruction, ported, ONLY, context), HumanMessage(shown(version))]


def part(conversation: Sequence[AnyMessage], span: Span, version_form: str, context: str) -> list[AnyMessage]:
    told = """\
The user has highlighted a part of the canvas. Write that part anew as the newest message asks. Your answer takes its place, so it must fit
between what stands before and after it: repeat nothing of those, keep indentation and Markdown marks. Write only the new part."""
    around = (
        f"<before>\n{span.before[-PEEK:]}\n</before>\n<highlighted>\n{span.part}\n</highlighted>\n<after>\n{span.after[:PEEK]}\n</after>"
    )
    return [system(told, version_form, ONLY, context), *last_said(conversation, f"{around}\n\nThe new part:", RECENT)]


def custom(wanted: CustomAction, version: Version, conversation: Sequence[AnyMessage], remembered: str, papers: str) -> list[AnyMessage]:
    """The documents come with every turn, as the user was told; what is remembered where the action asks for it."""
    prefix = f"{BESIDE} You carry out an action that the user has made for it. Write the whole new version." if wanted.prefix else ""
    history = f"<conversation>\n{transcript(conversation[-RECENT:])}\n</conversation>" if wanted.history else ""
    known = context_of(remembered if wanted.reflections else "", papers)
    said = "\n\n".join(filter(None, (f"<action>\n{wanted.prompt}\n</action>", history, shown(version))))
    return [system(prefix or "Do as you are told.", form(version) if wanted.prefix else "", ONLY, known), HumanMessage(said)]


def followup(conversation: Sequence[AnyMessage], version: Version, known: str) -> list[AnyMessage]:
    told = """\
You have just written what stands on the canvas. Tell the user so in one or two short sentences, in their language, like a colleague: what
it is, and one thing that could be done next. Do not repeat the text."""
    return [system(told, known, shown(version, PEEK)), *last_said(conversation, "Your two sentences:")]


def title(conversation: Sequence[AnyMessage], version: Version | None) -> list[AnyMessage]:
    told = "Give this conversation a title of two to five words, in its language. Answer with the title alone: no quotes, no full stop."
    return [system(told, shown(version, PEEK) if version else ""), *last_said(conversation, "The title:")]


def reflect(conversation: Sequence[AnyMessage], version: Version | None, known: str) -> list[AnyMessage]:
    told = """\
You keep notes on a user for whom you write. Read what happened, and give the notes anew, as one JSON object and nothing else:
{"styleRules": ["…"], "content": ["…"]}
"styleRules" says how they want things written; "content" are facts about them that will matter again. Add only what the newest message says
or shows; those before it are there to understand it. Keep old notes that still hold, drop those that do not, put no two that say the same.
Empty lists are fine."""
    return [
        system(told, known or "There are no notes yet.", shown(version, PEEK) if version else ""),
        *last_said(conversation, "The JSON object:", 12),
    ]


def query(conversation: Sequence[AnyMessage], today: str) -> list[AnyMessage]:
    told = f"Today is {today}. Put what the newest message needs to know into one query for a web search. Answer with the query alone."
    return [system(told), *last_said(conversation, "The query:")]


def summary(conversation: Sequence[AnyMessage]) -> list[AnyMessage]:
    told = """\
Sum up this conversation for yourself, so that you can go on from the summary alone: what the user wants, what was decided, what was written
and why, facts and names, what is open. As long as needed, no longer."""
    return [system(told), HumanMessage(f"<conversation>\n{transcript(conversation, 20_000)}\n</conversation>\n\nThe summary:")]


def results(found: Sequence[Mapping[str, Any]]) -> str:
    """What a web search found, as a part of a prompt; empty where it was none."""
    if not found:
        return ""
    told = [
        f"[{number}] {each['metadata']['title']}\n{each['metadata']['url']}\n{each['pageContent']}" for number, each in enumerate(found, 1)
    ]
    return "A web search found the following. Use it, and name the address of what you take from it.\n\n" + "\n\n".join(told)


def links(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a web search found, as links in Markdown."""
    return [f"[{each['metadata']['title']}]({each['metadata']['url']})" for each in found]


def context_of(*parts: str) -> str:
    """What stands in every prompt of a turn: what is known of the user, and their assistant's documents."""
    return "\n\n".join(filter(None, parts))
