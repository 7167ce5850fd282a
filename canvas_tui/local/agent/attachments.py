"""Documents that come with a message or belong to the assistant, as words for the model. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage

PLAIN = "text"
"""The type of a document whose data is its text as it is."""
READABLE = ("application/json", "application/xml", "application/x-yaml", "application/toml")
LONGEST = 200_000
"""Characters of one document that the model is given."""


def text_of(document: Mapping[str, Any]) -> str | None:
    """The document's text; None where it is none. Of other types than ``text`` the data is base64 of UTF-8 (Open Canvas reads those
    bytes as Latin-1: garbled), or, from clients that do not encode, the text itself."""
    kind, data = str(document.get("type") or PLAIN), str(document.get("data") or "")
    if kind == PLAIN:
        return data
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
    name, text = str(document.get("name") or "a document"), text_of(document)
    if text is None:
        return f"[The attached file {name} is not a text; it cannot be read here. Say so.]"
    rest = "\n[The rest is left out: the document is too long.]" if len(text) > LONGEST else ""
    return f'<document name="{name}">\n{text[:LONGEST]}{rest}\n</document>'


def of_message(message: AnyMessage) -> list[Mapping[str, Any]]:
    kept = message.additional_kwargs.get("documents")
    return [each for each in kept if isinstance(each, Mapping)] if isinstance(kept, list) else []


def readable(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The conversation as a model is sent it: the documents of a message stand before its words."""
    return [
        HumanMessage(f"{told(documents)}\n\n{message.text}", id=message.id)
        if isinstance(message, HumanMessage) and (documents := of_message(message))
        else message
        for message in messages
    ]
