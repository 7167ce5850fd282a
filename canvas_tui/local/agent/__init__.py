"""The local agent's graph: Open Canvas's state and nodes in Python, run inside the LangGraph server only."""
