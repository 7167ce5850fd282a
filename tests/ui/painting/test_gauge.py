"""A frame that has not left keeps the next one back."""

from __future__ import annotations

import asyncio
import io

from canvas_tui.ui.painting.gauge import Gauge


async def test_busy_until_the_newest_frame_is_flushed() -> None:
    left: list[int] = []
    file = io.StringIO()
    gauge = Gauge(file, asyncio.get_running_loop(), lambda: left.append(1))
    frame = gauge.frame("frame", 0.0)
    assert gauge.busy
    gauge.write("something else")
    gauge.flush()
    await asyncio.sleep(0)
    assert gauge.busy and not left
    gauge.write(frame)
    gauge.flush()
    await asyncio.sleep(0)
    assert not gauge.busy and left == [1]
    assert file.getvalue() == "something elseframe"
