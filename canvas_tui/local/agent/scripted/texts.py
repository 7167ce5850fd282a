"""Sections that the scripted model writes from: short essays on streaming, agents and terminals, each worth its lines."""

from __future__ import annotations

from canvas_tui.core.frozen import frozen


@frozen
class Section:
    keywords: tuple[str, ...]  # words of a prompt that bring it up
    title: str
    body: str


SECTIONS: tuple[Section, ...] = (
    Section(
        ("stream", "streaming", "token", "tokens", "sse", "event", "events"),
        "What happens to a token on its way",
        """\
A token is born in the model and dies as a few cells on your screen. Between the two it passes five hands:

1. the **model** hands it to the graph as a *chunk* of a message;
2. the **server** wraps it into an event and gives the event an id;
3. the **network** cuts the bytes wherever it likes, in the middle of a letter too;
4. the **client** waits for the blank line that ends the event, and only then believes it;
5. the **screen** paints at its own pace, and skips frames when it must.

An event on the wire is plain text:

```text
event: messages
data: [{"content": " brown", "type": "AIMessageChunk"}, {"langgraph_node": "reply"}]
id: 1795344892510-0

```

Reading it takes a dozen lines, as long as nothing goes wrong:

```python
def events(lines):
    name, data = "message", []
    for line in lines:
        if not line:
            if data:
                yield name, "\\n".join(data)
            name, data = "message", []
        elif line.startswith(":"):
            continue  # a heartbeat: a comment that says "still here"
        else:
            field, _, value = line.partition(":")
            if field == "event":
                name = value.strip()
            elif field == "data":
                data.append(value.removeprefix(" "))
```

Everything interesting is in what this function leaves out.""",
    ),
    Section(
        ("reconnect", "resume", "lost", "cut", "network", "retry", "backoff", "connection"),
        "Losing the line without losing a word",
        """\
A connection that breaks is normal. What must not break is the answer:

- **Nothing twice.** A piece that stands on the screen is not painted again, even where the server repeats it.
- **Nothing missing.** The next request says which event was the last one taken.
- **Nothing hidden.** While it lasts, the place where the text stopped says so.

Waiting between two tries grows, and is never quite the same for two clients:

```rust
fn delay(attempt: u32, jitter: f64) -> Duration {
    let base = 0.25 * f64::from(1 << attempt.min(6));
    Duration::from_secs_f64(base.min(15.0) * (0.5 + jitter / 2.0))
}
```

| Try | Earliest | Latest |
|----:|---------:|-------:|
| 1 | 0.25 s | 0.5 s |
| 2 | 0.5 s | 1 s |
| 3 | 1 s | 2 s |
| 4 | 2 s | 4 s |

> A clean end of the stream proves nothing. It looks the same whether the run is over or a proxy has lost patience, so the client asks.""",
    ),
    Section(
        ("run", "runs", "status", "queue", "pending", "stuck", "hang", "waiting", "silence"),
        "Six reasons for an empty screen",
        """\
The server said 200 and named a run. Then: nothing. Before blaming the model, go through the list:

| What you see | What it may be | What tells |
|---|---|---|
| heartbeats only | all workers are busy | the run is `pending` |
| heartbeats only | the model thinks | the run is `running` |
| no byte at all | a proxy collects the answer | heartbeats should come |
| the stream ends at once | the graph asks a question | the thread is `interrupted` |
| one piece at the end | the model sits in a subgraph | it comes whole |
| an error after minutes | the model's address is dead | the server's log |

Try one of them here: `/silence 20` lets you watch the second row, `/ask` the fourth.

```sh
curl -s "$URL/threads/$THREAD/runs" | jq -r '.[] | [.run_id, .status] | @tsv'
```""",
    ),
    Section(
        ("thread", "threads", "checkpoint", "checkpoints", "history", "state", "memory", "database", "sql", "sqlite"),
        "Where a conversation lives",
        """\
A thread is a chain. Every step of the graph adds one link, a *checkpoint*, and the newest link is what you read:

```sql
SELECT checkpoint_id,
       json_extract(metadata, '$.step')   AS step,
       json_extract(metadata, '$.source') AS source
FROM   checkpoints
WHERE  thread_id = :thread
ORDER  BY checkpoint_id DESC
LIMIT  5;
```

What follows from the chain:

- *Going back* means running on from an older link. The chain becomes a tree, nothing is overwritten.
- *A crash* costs the step that was under way, and no other.
- *Deleting* is honest only if all links go.

The state itself is small here: the messages that you see, the messages that the model sees, and an artifact when there is one.""",
    ),
    Section(
        ("python", "async", "asyncio", "code", "function", "program", "script", "test", "tests"),
        "Waiting for two things at once",
        """\
A client of a stream waits for the next event *and* for the moment when silence becomes worth a word. The tempting way destroys the
stream at its first timeout, because cancelling a pending read closes it:

```python
event = await asyncio.wait_for(anext(stream), timeout=6)  # one shot only
```

The read has to outlive the patience:

```python
async def follow(stream, on_event, on_silence, patience=6.0):
    pending = asyncio.ensure_future(anext(stream, None))
    while True:
        done, _ = await asyncio.wait({pending}, timeout=patience)
        if not done:
            on_silence()
            continue
        if (event := pending.result()) is None:
            return
        on_event(event)
        pending = asyncio.ensure_future(anext(stream, None))
```

And it deserves a test that can fail:

```python
async def test_silence_does_not_end_the_stream():
    seen = []
    await follow(slow_stream("a", gap=3, then="b"), seen.append, lambda: seen.append("…"), patience=1)
    assert seen == ["a", "…", "…", "b"]
```""",
    ),
    Section(
        ("interrupt", "question", "ask", "approve", "human", "agent", "agents", "graph", "langgraph", "node", "tool", "tools"),
        "A graph that asks before it acts",
        """\
An agent is a loop with manners: look, decide, act, look again. Manners are the arrows that lead to a person.

```python
graph = StateGraph(State)
graph.add_node("decide", decide)
graph.add_node("approve", lambda state: {"ok": interrupt({"question": "Send it?", "options": ["yes", "no"]})})
graph.add_node("act", act)
graph.add_edge(START, "decide")
graph.add_conditional_edges("decide", lambda state: "approve" if state["risky"] else "act")
graph.add_conditional_edges("approve", lambda state: "act" if state["ok"] == "yes" else END)
```

Three things surprise nearly everyone:

1. `interrupt()` **ends** the run. It reads `success`; the *thread* is what reads `interrupted`.
2. The answer starts **another** run, and the node begins again from its first line.
3. A stream that asked for messages only carries no question at all. Ask for `updates` too.

Write `/ask` and you will meet one.""",
    ),
    Section(
        ("terminal", "screen", "ssh", "unicode", "emoji", "color", "colour", "keyboard", "tui"),
        "A grid from 1978, and what we do to it",
        """\
A terminal knows cells, not letters. Most letters take one cell, some two, some none:

| Text | Letters | Cells |
|---|---:|---:|
| `abc` | 3 | 3 |
| `日本語` | 3 | 6 |
| `é` (e + ´) | 2 | 1 |
| `👩‍🚀` | 3 | 2 |

Everything else is agreed on in-band, by bytes that begin with `ESC`. That is why text from elsewhere must never reach the terminal raw: a
message could move the cursor, change the title, or fill the clipboard.

- [x] control characters are shown, not obeyed
- [x] links lead where they say
- [ ] trust in the other end

Over SSH, *less is faster*: a line that did not change is not sent again.""",
    ),
    Section(
        ("javascript", "typescript", "web", "browser", "http", "client", "api", "json", "rest"),
        "The same conversation in three languages",
        """\
First make the run, then listen. Whoever does both in one request has nothing to ask for when the answer to that request gets lost.

```typescript
const run = await post(`/threads/${thread}/runs`, {
  assistant_id: "agent",
  input: { messages: [{ role: "user", content: "Hello" }] },
  stream_mode: ["messages-tuple", "updates"],
  stream_resumable: true,
});
const stream = await fetch(`/threads/${thread}/runs/${run.run_id}/stream`, {
  headers: { "Last-Event-ID": "-1" },
});
```

```go
req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
req.Header.Set("Accept", "text/event-stream")
req.Header.Set("Last-Event-ID", last)
```

```sh
curl -N -H 'Last-Event-ID: -1' "$URL/threads/$THREAD/runs/$RUN/stream"
```

The prompt travels **once**. A key of your own in the run's metadata lets you find it again, should the answer to the `POST` be lost.""",
    ),
    Section(
        ("write", "poem", "story", "text", "letter", "essay", "document", "translate", "summary"),
        "On writing things down",
        """\
A first draft is a question. The answer comes when someone reads it, often oneself, a day later.

> The line went dead at half past four.
> The sentence stopped, and stayed.
> It came back whole, and not one word more
> than what had first been said.

Some rules that cost nothing:

- Put the *outcome* first. Whoever stops reading there has still got it.
- One thought a paragraph; a list only where the items are alike.
- Take out every word that the sentence survives.
- Read it aloud. Where you stumble, so will others.

| Draft | Better |
|---|---|
| in the event that | if |
| a large number of | many |
| it is possible that it may | it may |
| make a decision | decide |""",
    ),
    Section(
        ("plan", "todo", "list", "project", "learn", "help", "start", "begin", "how", "what"),
        "A small plan for the next half hour",
        """\
You have a client, a server and a model that does as it is told. That is a laboratory. Try, in this order:

1. **Watch a long answer.** `/length 2000 /speed 150`
   - scroll up while it writes, and see that it leaves you alone
   - press the key for *stop*
2. **Open a second thread** and let both write at once.
3. **Take away the network.** Send `/length 1500`, close the lid, open it again.
4. **Let it fail.** `/error @50`
5. **Answer a question.** `/ask2`

| Minutes | What for |
|---:|---|
| 10 | streaming |
| 10 | faults |
| 5 | questions |
| 5 | a real model |

Whatever you see that is not explained on the screen is a defect of this program, and worth a report.""",
    ),
)
