"""What is in a file that a person names: text in the encodings that people meet, or a PDF; of anything else, a word."""

from __future__ import annotations

import codecs
import unicodedata
from base64 import b64encode

from .artifact import Document

MOST_TEXT = 4_000_000
"""Bytes of text that is read."""
MOST_PDF = 8_000_000
"""Bytes of a PDF that is sent: it goes into the thread's state, a third longer."""
MOST = max(MOST_TEXT, MOST_PDF)

PDF = "application/pdf"
"""The type of a document whose data is base64, as Open Canvas sends it."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FAMILIES = (
    ("an image", (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")),
    ("a Word document", (b"\xd0\xcf\x11\xe0",)),
    ("an archive", (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!")),
    ("sound or video", (b"ID3", b"OggS", b"fLaC", b"RIFF", b"\x1aE\xdf\xa3")),
    ("a program", (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe")),
)
_OFFICE = {
    "a Word document": (".docx", ".doc", ".docm"),
    "an OpenDocument text": (".odt",),
    "a spreadsheet": (".xlsx", ".xls", ".ods"),
    "a presentation": (".pptx", ".ppt", ".odp"),
    "an e-book": (".epub",),
}
_FOREIGN = 0.3
"""The share of bytes beyond ASCII from which a text without a mark is not taken for Latin-1."""


class Unreadable(ValueError):
    """``str()`` goes on behind the file's name: "is an image; …"."""


def document_of(name: str, data: bytes) -> Document:
    """What goes with a message or belongs to the assistant. Raises: Unreadable."""
    if data[:1024].find(b"%PDF-") < 0:
        return Document(name, text_of(name, data))
    if len(data) > MOST_PDF:
        raise Unreadable(f"is longer than {MOST_PDF // 1_000_000} MB")
    return Document(name, b64encode(data).decode(), PDF)


def text_of(name: str, data: bytes) -> str:
    """UTF-8, or UTF-16 or 32 with their mark, or what is most likely Latin-1 as Windows has it. Raises: Unreadable."""
    if len(data) > MOST_TEXT:
        raise Unreadable(f"is longer than {MOST_TEXT // 1_000_000} MB")
    try:
        return _decoded(data)
    except UnicodeDecodeError:
        raise Unreadable(_kind(name, data)) from None


def why(error: OSError) -> str:
    """What the system says, as a part of a sentence."""
    return (error.strerror or "an error of the disk").lower()


def length(document: Document) -> int:
    """Bytes of the file, about."""
    return len(document.data.encode("utf-8", "replace")) if is_text(document) else len(document.data) * 3 // 4


def is_text(document: Document) -> bool:
    """Whether its data is its text."""
    return document.type != PDF


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if encoding:
        return data.decode(encoding)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = _latin(data)
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "a zero byte")
    return text


def _latin(data: bytes) -> str:
    beyond = sum(byte > 0x7F for byte in data)
    text = data.decode("cp1252")
    strange = any(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f\v\x1b" for char in text)
    if strange or beyond > _FOREIGN * len(data):
        raise UnicodeDecodeError("cp1252", data[:1], 0, 1, "not Latin-1")
    return text


def _kind(name: str, data: bytes) -> str:
    end = name.lower()
    for what, ends in _OFFICE.items():
        if end.endswith(ends):
            return f"is {what}: save it as PDF or text first"
    family = next((what for what, heads in _FAMILIES if data.startswith(heads)), "")
    if data[4:8] == b"ftyp" or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        family = "an image" if data[8:12] in (b"WEBP", b"avif", b"heic", b"mif1") else "sound or video"
    return f"is {family}; text and PDF can be read" if family else "is no text in UTF-8, UTF-16 or Latin-1"
