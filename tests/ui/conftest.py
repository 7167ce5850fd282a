"""Animations make snapshots differ from run to run; the variable is read when textual is imported."""

from __future__ import annotations

import os

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TZ"] = "UTC"

from tests.support import stylesheets

stylesheets.share()
