"""What people attach: text in whatever encoding it has, PDFs, and what is neither."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.artifact import Document
from canvas_tui.core.file_text import MOST_PDF, MOST_TEXT, PDF, Unreadable, document_of, is_text, text_of

WORDS = "Zürich, 東京 😀\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_its_encoding(encoding: str) -> None:
    assert text_of("a.txt", WORDS.encode(encoding)) == WORDS


@pytest.mark.parametrize("mark", ["utf-16-be", "utf-16-le"])
def test_either_order_of_utf_16(mark: str) -> None:
    assert text_of("a.txt", ("\ufeff" + WORDS).encode(mark)) == WORDS


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_text_of_old_programs(encoding: str) -> None:
    assert text_of("a.txt", "Größe: 5 m².\nCafé “x”\n".replace("“x”", "x").encode(encoding)) == "Größe: 5 m².\nCafé x\n"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "is an image"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "is an image"),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 \xff", "is an image"),
        ("a.docx", b"PK\x03\x04\x14\0\xff", "is a Word document: save it as PDF or text first"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1", "is a Word document: save it as PDF or text first"),
        ("a.odt", b"PK\x03\x04\x14\0\xff", "is an OpenDocument text: save it as PDF or text first"),
        ("a.zip", b"PK\x03\x04\x14\0\xff", "is an archive"),
        ("a.mp3", b"ID3\x04\0\xff", "is sound or video"),
        ("a.mp4", b"\0\0\0\x18ftypmp42\xff", "is sound or video"),
        ("a", b"a\0b", "is no text"),
        ("sjis.txt", "東京は日本の首都です".encode("shift-jis"), "is no text"),
        ("utf16.txt", "odd".encode("utf-16") + b"\0", "is no text"),
        ("long.txt", b"a" * (MOST_TEXT + 1), "is longer than 4 MB"),
        ("long.pdf", b"%PDF-1.7" + b"a" * MOST_PDF, "is longer than 8 MB"),
    ],
)
def test_what_is_neither_is_told_by_what_it_is(name: str, data: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        document_of(name, data)


def test_a_pdf_goes_as_open_canvas_sends_it() -> None:
    data = b"\n%PDF-1.4\n\xff\0"
    document = document_of("a.pdf", data)
    assert (document.name, document.type, b64decode(document.data)) == ("a.pdf", PDF, data) and not is_text(document)


def test_a_text_goes_as_it_is() -> None:
    assert document_of("a.md", b"# Tea") == Document("a.md", "# Tea") and is_text(document_of("a.md", b""))


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "b.docx", "c"]))
def test_any_bytes_are_read_or_told(data: bytes, name: str) -> None:
    try:
        document_of(name, data)
    except Unreadable as told:
        assert str(told).startswith("is ")
