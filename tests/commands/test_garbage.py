"""What survived a long collection is not gone through again."""

from __future__ import annotations

from canvas_tui.commands.garbage import LONG, ShortCollections


def test_after_a_long_collection_what_is_there_stays() -> None:
    now, frozen = [0.0], [0]

    def freeze() -> None:
        frozen[0] += 1

    callback = ShortCollections(lambda: now[0], freeze)
    for seconds, times in ((LONG / 2, 0), (LONG * 2, 1), (LONG / 2, 1), (LONG * 3, 2)):
        callback("start", {"generation": 2})
        now[0] += seconds
        callback("stop", {"generation": 2})
        assert frozen[0] == times
