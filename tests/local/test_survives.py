"""What is left after ``kill -9`` of the server."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.local.talk import artifact_of, canvas, chat, messages, new_thread, said, start, stream, until
from tests.support.agent import running_agent


def titles(client: httpx.Client) -> list[str | None]:
    found = client.post("/threads/search", json={"limit": 100, "sort_by": "created_at", "sort_order": "asc"}).raise_for_status().json()
    return [thread["metadata"].get("thread_title") for thread in found]


def test_threads_messages_titles_and_the_store_survive_kill_9(tmp_path: Path) -> None:
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        first, second, gone = (new_thread(client, thread_title=title, owner="me") for title in ("first", "second", "gone"))
        for thread in (gone, first, second):
            chat(client, thread, "/echo kept")
        client.patch(f"/threads/{second}", json={"metadata": {"thread_title": "renamed"}}).raise_for_status()
        client.delete(f"/threads/{gone}").raise_for_status()
        item = {"namespace": ["memories", "a"], "key": "reflection", "value": {"styleRules": ["short"]}}
        client.put("/store/items", json=item).raise_for_status()
        asked = new_thread(client, thread_title="asked")
        list(stream(client, asked, **said("/ask")))
        unfinished = new_thread(client, thread_title="unfinished")
        start(client, unfinished, "/silence 3600 /echo never")
        until(lambda: len(messages(client, unfinished)) == 1, "the run never began")
        agent.kill()

    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        assert titles(client) == ["first", "renamed", "asked", "unfinished"]
        assert [each["content"] for each in messages(client, first)] == ["/echo kept", "kept"]
        assert client.get(f"/threads/{gone}").status_code == 404
        row = client.get(f"/threads/{first}").json()
        assert row["metadata"]["owner"] == "me" and row["metadata"]["graph_id"] == "agent"
        assert [each["content"] for each in messages(client, unfinished)] == ["/silence 3600 /echo never"]
        assert client.get(f"/threads/{asked}/state").json()["interrupts"]
        assert client.get("/store/items", params={"namespace": "memories.a", "key": "reflection"}).json()["value"] == item["value"]
        assert chat(client, second, "/echo on and on") == "on and on"


def test_an_artifact_its_title_and_the_reflections_survive_kill_9(tmp_path: Path) -> None:
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        thread = new_thread(client)
        made = canvas(client, thread, "/speed 9999 write an essay about tea. I prefer short words.").artifact
        notes = {"namespace": f"memories.{client.post('/assistants/search', json={}).json()[0]['assistant_id']}", "key": "reflection"}
        until(lambda: titles(client) == ["Tea"], "the title was not set")
        until(lambda: bool(client.get("/store/items", params=notes).json()), "nothing was remembered")
        agent.kill()
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        assert titles(client) == ["Tea"] and artifact_of(client, thread) == made is not None
        assert client.get("/store/items", params=notes).json()["value"]["styleRules"] == ["I prefer short words"]


def test_what_the_server_wrote_itself_is_mended(tmp_path: Path) -> None:
    """After a clean stop the server's own file has the rows; a rename and a deletion in its last seconds are not lost on ``kill -9``."""
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        renamed, gone = new_thread(client, thread_title="old"), new_thread(client, thread_title="gone")
        agent.stop()
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        assert titles(client) == ["old", "gone"]
        client.patch(f"/threads/{renamed}", json={"metadata": {"thread_title": "new"}}).raise_for_status()
        client.delete(f"/threads/{gone}").raise_for_status()
        agent.kill()
    with running_agent(tmp_path) as agent, httpx.Client(base_url=agent.url, timeout=60, trust_env=False) as client:
        assert titles(client) == ["new"]
