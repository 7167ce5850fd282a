"""A PDF's text, by a process of its own: what is hostile in one ends here, at its limits. Run as a file; stdin: the PDF, stdout: JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys

SECONDS = 20
MEMORY = 2_000_000_000
LONGEST = 200_000
"""Characters that are read: more is not given to a model."""

PASSWORD = "it needs a password"
PICTURES = "it holds pictures of its pages and no text (a scan); with OCR it would have some"
DAMAGED = "it is damaged, or no PDF"


def text_of(data: bytes) -> dict[str, object]:
    """``{"text": …, "pages": in all, "read": of them}``, or ``{"problem": …}``."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": PASSWORD}
        parts: list[str] = []
        for page in reader.pages:
            parts.append(page.extract_text())
            if sum(map(len, parts)) > LONGEST:
                break
        text = "\n\n".join(part.strip() for part in parts).strip()
        return {"text": text, "pages": len(reader.pages), "read": len(parts)} if text else {"problem": PICTURES}
    except Exception as error:  # whatever a hostile file makes of the reader
        return {"problem": PASSWORD if type(error).__name__ in ("DependencyError", "FileNotDecryptedError") else DAMAGED}


def main() -> None:
    import logging
    import resource

    for limit, value in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY)):
        with contextlib.suppress(OSError, ValueError):  # some systems have no such limit
            resource.setrlimit(limit, (value, value))
    logging.disable()
    sys.stdout.write(json.dumps(text_of(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
