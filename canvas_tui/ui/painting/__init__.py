"""The writer: what changed on the screen, and nothing else, goes to the terminal."""

from .app import OwnPainting

__all__ = ["OwnPainting"]
