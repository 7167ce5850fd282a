"""The screen. Frames of the conversation come at a rate of their own (`frames`); Textual's timer only decides how long a key waits."""

import os

os.environ.setdefault("TEXTUAL_FPS", "120")  # read when textual is imported: a key is seen after 8 ms at most, not 16
