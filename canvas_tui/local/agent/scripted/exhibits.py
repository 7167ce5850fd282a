"""Exhibits of the scripted model: every kind of Markdown, code, tables, scripts, and text that attacks terminals."""

from __future__ import annotations

from .directives import help_table

EXHIBITS: dict[str, str] = {"help": help_table()}
