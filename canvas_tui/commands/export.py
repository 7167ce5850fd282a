"""``canvas-tui threads export``: a thread, or its artifact, as a file."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from ..core.artifact import Artifact
from ..core.export import artifact_file_name, artifact_json, thread_json, thread_markdown
from ..core.file_names import safe_name, version_file_names
from ..core.frozen import frozen
from ..core.model import Session
from ..core.ports import Backend
from ..core.safe_text import safe
from .files import write_whole
from .mistakes import DONE, UNREACHABLE, USAGE, Mistake
from .output import put
from .waiting import until

READ = 30.0
"""Seconds for the thread to be read."""
TITLE = 5.0
"""Seconds for its row, which has the title."""


@frozen
class Piece:
    """A file to be."""

    name: str
    text: str


async def exported(backend: Backend, args: Namespace) -> int:
    """Exit code."""
    backend.open(args.thread)
    await until(backend, lambda: _known(backend.session(args.thread)), READ)
    session = backend.session(args.thread)
    if not session.loaded:
        print("canvas-tui: The thread could not be read.", file=sys.stderr)
        return UNREACHABLE
    if not session.state.exists:
        print(f"canvas-tui: {safe(args.thread)}: there is no such thread.", file=sys.stderr)
        return USAGE
    await until(backend, lambda: backend.threads().row(args.thread) is not None, TITLE)
    row = backend.threads().row(args.thread)
    _put(pieces(session, row.title if row is not None else "", args), args)
    return DONE


def _known(session: Session) -> bool:
    return (session.loaded and not session.reading) or session.read_attempt > 2 or session.read_retry_at == float("inf")


def check(args: Namespace) -> None:
    """Raises: Mistake: wishes that do not go together. ``--json`` means the same as ``--format json`` here."""
    args.format = "json" if args.json else args.format
    if args.all_versions and args.artifact and args.format != "json" and not _is_folder(args.out):
        raise Mistake("--artifact --all-versions makes a file for each version: name a folder with --out (or take --format json).")


def pieces(session: Session, title: str, args: Namespace) -> list[Piece]:
    """What is asked for, as files. Raises: Mistake: the thread has no artifact."""
    messages, artifact = session.state.messages, session.state.artifact
    if not args.artifact:
        if args.format == "json":
            return [Piece(f"{safe_name(title, 'thread')}.json", _json(thread_json(args.thread, title, messages, artifact)))]
        text = thread_markdown(title, messages, artifact, all_versions=args.all_versions)
        return [Piece(f"{safe_name(title, 'thread')}.md", text)]
    if artifact is None:
        raise Mistake("The thread has no artifact.")
    if args.format == "json":
        kept = artifact if args.all_versions else Artifact(artifact.version.index, (artifact.version,))
        return [Piece(f"{safe_name(artifact.version.title, 'artifact')}.json", _json(artifact_json(kept)))]
    if args.all_versions:
        names = version_file_names(artifact)
        return [Piece(name, version.text) for name, version in zip(names, artifact.versions, strict=True)]
    return [Piece(artifact_file_name(artifact.version), artifact.version.text)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# -- where to


def _is_folder(out: str | None) -> bool:
    return out is not None and (out.endswith("/") or Path(out).expanduser().is_dir())


def _put(files: list[Piece], args: Namespace) -> None:
    """Raises: Mistake: it is there already, or cannot be written."""
    if args.out is None:
        text = files[0].text
        put(sys.stdout.buffer, safe(text) if sys.stdout.isatty() else text)
        return
    out = Path(args.out).expanduser()
    places = [(out / piece.name if _is_folder(args.out) else out, piece) for piece in files]
    if not args.force:
        for place, _ in places:
            if place.exists() and not _may_replace(place):
                raise Mistake(f"{place} is there already; --force writes over it.")
    for place, piece in places:
        write_whole(place, piece.text)
        print(f"Wrote {safe(str(place))}.", file=sys.stderr)


def _may_replace(place: Path) -> bool:
    """A person is asked, a script is not."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{safe(str(place))} is there already. Write over it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
