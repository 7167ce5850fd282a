"""LangGraph's wire as the servers speak it: events and states read into core values, effects written as requests. No I/O."""
