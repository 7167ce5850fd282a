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
    """
    -- Changes by hand, and what runs left of versions: any number of each, in the order of their ids, and of each program its own.
    -- of: the version that a change goes on from, empty where there is none.
    ALTER TABLE edit RENAME TO one_edit;
    CREATE TABLE edit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, server BLOB NOT NULL, thread_id BLOB NOT NULL, saving INTEGER NOT NULL,
        version BLOB NOT NULL, base INTEGER NOT NULL, choose INTEGER NOT NULL, of BLOB NOT NULL, owner INTEGER NOT NULL);
    INSERT INTO edit (server, thread_id, saving, version, base, choose, of, owner)
        SELECT server, thread_id, saving, version, base, choose, x'', owner FROM one_edit ORDER BY rowid;
    DROP TABLE one_edit;
    CREATE INDEX edit_of_thread ON edit (server, thread_id);
    ALTER TABLE partial RENAME TO one_partial;
    CREATE TABLE partial (
        id INTEGER PRIMARY KEY AUTOINCREMENT, server BLOB NOT NULL, thread_id BLOB NOT NULL, draft BLOB NOT NULL, owner INTEGER NOT NULL);
    INSERT INTO partial (server, thread_id, draft, owner) SELECT server, thread_id, draft, owner FROM one_partial ORDER BY rowid;
    DROP TABLE one_partial;
    CREATE INDEX partial_of_thread ON partial (server, thread_id);
    """,
)

VERSION = len(STEPS)
