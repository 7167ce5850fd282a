"""What survives the program's death: messages on their way, runs in flight, drafts, prompts, and threads for reading offline."""

from .journal import SqliteJournal

__all__ = ["SqliteJournal"]
