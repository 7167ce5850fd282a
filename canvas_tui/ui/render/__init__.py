"""Markdown and code as lines: pure functions from cleaned text, a Look and a width to lines of styled segments."""
