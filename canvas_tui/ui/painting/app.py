"""The seam between Textual's App and the writer."""

from __future__ import annotations


class OwnPainting:
    """Mixin, before ``App`` in the bases: paints by difference. ``own_painting`` False: Textual's own painting."""

    own_painting: bool = True

    def repaint_all(self) -> None:
        """Forget what stands on the terminal and paint the whole screen."""
