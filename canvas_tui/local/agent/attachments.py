"""Documents that come with a message or belong to the assistant, as words for the model."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage

from . import pdf
from .pdf_child import LONGEST as LONGEST

PLAIN = "text"
"""The type of a document whose data is its text as it is."""
READABLE = ("application/json", "application/xml", "application/x-yaml", "application/toml")
_FIRST = 12  # words of a document that a summary shows
NO_TEXT = "it is not a text"


def text_of(document: Mapping[str, Any]) -> str | None:
    """The document's text; None where it is none. A PDF has been read before (`read`). Of other types than ``text`` the data is base64
    of UTF-8 (Open Canvas reads those bytes as Latin-1: garbled), or, from clients that do not encode, the text itself."""
    kind, data = str(document.get("type") or PLAIN), str(document.get("data") or "")
    if kind == PLAIN:
        return data
    if pdf.is_pdf(document):
        found = pdf.paper(document)
        return None if found.problem else found.text
    if not kind.startswith("text/") and kind not in READABLE:
        return None
    try:
        return base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return data


def told(documents: Iterable[Mapping[str, Any]]) -> str:
    """The documents as a part of a prompt; empty where there are none."""
    return "\n\n".join(_one(document) for document in documents)


def _one(document: Mapping[str, Any]) -> str:
    name, text = _name(document), text_of(document)
    if text is None:
        return f"[The attached file {name} cannot be read here: {_why(document)}. Say so.]"
    cut = len(text) > LONGEST or (pdf.is_pdf(document) and pdf.paper(document).rest)
    rest = "\n[The rest is left out: the document is too long.]" if cut else ""
    return f'<document name="{name}">\n{text[:LONGEST]}{rest}\n</document>'


def summary(document: Mapping[str, Any]) -> str:
    """One line on what a document holds, or why it cannot be read."""
    text = text_of(document)
    if text is None:
        return f"`{_name(document)}`: it cannot be read, since {_why(document)}."
    words = text.split()
    shown = " ".join(words[:_FIRST])
    return f"`{_name(document)}`, {len(words):,} words: {shown}{'…' if len(words) > _FIRST else ''}"


def _name(document: Mapping[str, Any]) -> str:
    return " ".join(str(document.get("name") or "a document").split()).replace('"', "'").replace("`", "'")


def _why(document: Mapping[str, Any]) -> str:
    return pdf.paper(document).problem if pdf.is_pdf(document) else NO_TEXT


def of_message(message: AnyMessage) -> list[Mapping[str, Any]]:
    kept = message.additional_kwargs.get("documents")
    return [each for each in kept if isinstance(each, Mapping)] if isinstance(kept, list) else []


def newest(messages: Sequence[AnyMessage]) -> list[Mapping[str, Any]]:
    """What came with the newest message of the user's."""
    said = next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)
    return of_message(said) if said is not None else []


def readable(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The conversation as a model is sent it: the documents of a message stand before its words."""
    return [
        HumanMessage(f"{told(documents)}\n\n{message.text}", id=message.id)
        if isinstance(message, HumanMessage) and (documents := of_message(message))
        else message
        for message in messages
    ]


async def read(messages: Iterable[AnyMessage], documents: Iterable[Mapping[str, Any]] = ()) -> None:
    """Have ready what is to be read first, of the messages' documents and others."""
    await pdf.read([*(document for message in messages for document in of_message(message)), *documents])
