"""What is true and what to do about it: pure, standard library only (no I/O, asyncio, clock or randomness)."""
