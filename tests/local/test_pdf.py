"""PDFs: their text, and what is said of one that has none, is locked, damaged, or made to harm its reader."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langchain_core.messages import HumanMessage
from pypdf import PdfReader, PdfWriter

from canvas_tui.local.agent import attachments, pdf, pdf_child
from tests.local.talk import canvas, new_thread
from tests.support.agent import running_agent


def made(*pages: str) -> bytes:
    """A PDF with a line of text on each page; an empty one stands for a picture."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R /Resources {font} >>")
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else "0 0 10 10 re f"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        out
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def locked(password: str) -> bytes:
    writer, out = PdfWriter(PdfReader(io.BytesIO(made("The secret tea.")))), io.BytesIO()
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def document(data: bytes, name: str = "a.pdf", head: str = "") -> dict[str, str]:
    return {"name": name, "type": "application/pdf", "data": head + base64.b64encode(data).decode()}


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_papers", {})


async def paper(given: dict[str, str], **limits: Any) -> pdf.Paper:
    await pdf.read([given], **limits)
    return pdf.paper(given)


@pytest.mark.parametrize("head", ["", "data:application/pdf;base64,"])
async def test_its_text_page_by_page(head: str) -> None:
    assert await paper(document(made("Green tea.", "Black tea, Z\xfcrich."), head=head)) == pdf.Paper("Green tea.\n\nBlack tea, Zürich.")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (made("", ""), pdf_child.PICTURES),
        (locked("open sesame"), pdf_child.PASSWORD),
        (b"%PDF-1.7\nnothing of the kind", pdf_child.DAMAGED),
        (made("Green tea.")[:200], pdf_child.DAMAGED),
        (b"", pdf_child.DAMAGED),
        (b"%PDF" + bytes(pdf.MOST), pdf.BIG),
    ],
    ids=["pictures", "locked", "no pdf", "cut", "empty", "big"],
)
async def test_why_one_cannot_be_read_is_told(data: bytes, problem: str) -> None:
    assert await paper(document(data)) == pdf.Paper(problem=problem)
    given = [HumanMessage("Read it.", additional_kwargs={"documents": [document(data)]})]
    assert f"[The attached file a.pdf cannot be read here: {problem}. Say so.]" in attachments.readable(given)[0].text


async def test_one_that_is_locked_for_writing_alone_is_read() -> None:
    assert (await paper(document(locked("")))).text == "The secret tea."


async def test_what_is_no_base64() -> None:
    assert await paper({"name": "a", "type": "application/pdf", "data": "no base64!"}) == pdf.Paper(problem=pdf_child.DAMAGED)


async def test_one_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "child.py").write_text("while True: pass")
    monkeypatch.setattr(pdf, "_CHILD", str(tmp_path / "child.py"))
    assert await paper(document(made("x")), seconds=0.2) == pdf.Paper(problem=pdf.SLOW)


async def test_one_that_ends_its_reader_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "child.py").write_text("import os; os.abort()")
    monkeypatch.setattr(pdf, "_CHILD", str(tmp_path / "child.py"))
    assert await paper(document(made("x"))) == pdf.Paper(problem=pdf.SLOW)


async def test_a_long_one_is_cut_and_that_is_said() -> None:
    given = document(made(*["tea " * 20_000] * 5))
    found = await paper(given)
    assert found.rest and len(found.text) > pdf_child.LONGEST
    assert "The rest is left out" in attachments.told([given])


async def test_each_is_read_once_and_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    async def count(data: bytes, seconds: float) -> pdf.Paper:
        read.append(data)
        return pdf.Paper("x")

    monkeypatch.setattr(pdf, "_read", count)
    monkeypatch.setattr(pdf, "KEPT", 2)
    for name in (b"a", b"b", b"a", b"c"):
        await pdf.read([document(name)])
    assert read == [b"a", b"b", b"c"]
    assert pdf.paper(document(b"a")).text == "x" and pdf.paper(document(b"b")) == pdf.Paper(problem=pdf.AWAY)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("papers")
    with running_agent(folder) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        yield client


def test_the_agent_reads_what_is_attached_and_what_its_assistant_has(client: httpx.Client) -> None:
    """On the real server: with a message, and as context documents; the scripted model tells what it was given."""
    found = client.post("/assistants/search", json={}).raise_for_status().json()[0]["assistant_id"]
    place = {"namespace": ["context_documents"], "key": found}
    papers = {"documents": [document(made("House rules."), "house.pdf")]}
    client.put("/store/items", json={**place, "value": papers}).raise_for_status()
    given = (document(made("Green tea for Z\xfcrich."), "tea.pdf"), document(locked("x"), "b.pdf"))
    thread = new_thread(client)
    canvas(client, thread, "/speed 9999 Read this", *given)
    told = client.get(f"/threads/{thread}/state").raise_for_status().json()["values"]["messages"][-1]["content"]
    assert "I was given `tea.pdf`, 4 words: Green tea for Zürich." in told
    assert f"I was given `b.pdf`: it cannot be read, since {pdf_child.PASSWORD}." in told
    assert "I was given `house.pdf`, 2 words: House rules." in told
