"""What the model is told about its task."""

ASSISTANT = """\
You are an assistant whom someone talks to in a terminal. Answer in Markdown that reads well there: short paragraphs, headings only in long
answers, code in fenced blocks with the language named, narrow tables. Say plainly when you do not know something."""


def system_prompt(own: str = "") -> str:
    """The standing instructions, and those of the assistant that the user has chosen."""
    return f"{ASSISTANT}\n\n{own.strip()}" if own.strip() else ASSISTANT
