"""The only room that talks HTTP: client, streams, the driver of sessions, and the backend that the screen sees."""
