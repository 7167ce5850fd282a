"""The tables, by version. A step is never changed once released: what comes after it is a step of its own."""

from __future__ import annotations

APPLICATION = 0x43545549
"""SQLite's application_id of our files."""

STEPS = (
    """
    -- What was submitted, from before its first byte left until its answer was shown. run_id is empty until the server named the run;
    -- held: it could not be sent, and waits for the user's word.
    CREATE TABLE flight (
        server BLOB, submit_id BLOB, thread_id BLOB NOT NULL, message_id BLOB NOT NULL, text BLOB NOT NULL, run_id BLOB NOT NULL,
        held INTEGER NOT NULL, owner INTEGER NOT NULL, PRIMARY KEY (server, submit_id));
    CREATE TABLE draft (server BLOB, thread_id BLOB, text BLOB NOT NULL, PRIMARY KEY (server, thread_id)) WITHOUT ROWID;
    CREATE TABLE prompt (id INTEGER PRIMARY KEY AUTOINCREMENT, text BLOB NOT NULL);
    -- messages is NULL for threads read long ago: their row is kept, their text is not.
    CREATE TABLE thread (
        server BLOB, id BLOB, title BLOB NOT NULL, updated REAL NOT NULL, messages BLOB, PRIMARY KEY (server, id));
    CREATE TABLE seen (server BLOB, thread_id BLOB, updated REAL NOT NULL, PRIMARY KEY (server, thread_id)) WITHOUT ROWID;
    """,
    """
    -- What a turn asks for beside its text, as the codec writes it. Empty for a plain message.
    ALTER TABLE flight ADD COLUMN turn BLOB NOT NULL DEFAULT x'';
    -- A version that is edited by hand, or (saving) on its way into the thread's state.
    CREATE TABLE edit (
        server BLOB, thread_id BLOB, saving INTEGER, version BLOB NOT NULL, base INTEGER NOT NULL, choose INTEGER NOT NULL,
        owner INTEGER NOT NULL, PRIMARY KEY (server, thread_id, saving));
    """,
    """
    -- What a failed or stopped run left of a version.
    CREATE TABLE partial (
        server BLOB, thread_id BLOB, draft BLOB NOT NULL, owner INTEGER NOT NULL, PRIMARY KEY (server, thread_id));
    """,
    """
    ALTER TABLE flight ADD COLUMN interrupt INTEGER NOT NULL DEFAULT 0;
    -- Whose it is and when it was typed: a thread of which nothing was ever sent stands in no list but through its draft.
    ALTER TABLE draft ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE draft ADD COLUMN updated REAL NOT NULL DEFAULT 0;
    """,
)

VERSION = len(STEPS)
