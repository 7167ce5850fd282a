"""A terminal client for LangGraph agent servers whose stream you can trust."""

__version__ = "0.1.0"
