"""Exhibits of the scripted model: every kind of Markdown, code, tables, scripts, and text that attacks terminals."""

from __future__ import annotations

from .directives import help_table

HELP = f"""\
### What the scripted model can be told

{help_table()}

Several may stand on one line, with or without a text of your own: `/length 600 /speed 300 /pause 8 @200 tell me about runs`.

The canvas opens by plain words: `write an essay about tea`, `write a python program that counts words`, `write a plan for a garden`. \
Then say `make it shorter`, `translate it to French`, `add comments`, `port it to C++`, or take a quick action."""

BLOCKS = """\
# A heading of the first level

Some *emphasis*, some **strong emphasis**, ***both***, ~~struck out~~, `code`, a [link](https://docs.langchain.com/langgraph)
and a bare one: https://example.com/a_path?with=query.\x20\x20
This line follows a hard break.

## A second level

- a list
- with a *second* item
  - and one inside
    - and one inside that
- and `code` in an item

1. first
2. second
   1. nested
   2. again
3. third

   A paragraph that belongs to the third item.

- [x] done
- [ ] not done

### A third level

> A quotation
> of two lines.
>
> > And one inside it, with **emphasis**.
>
> - even a list

#### A fourth level

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

    An indented block
    of code.

##### A fifth level

| Left | Centre | Right |
|:-----|:------:|------:|
| a | b | 1 |
| longer | `code` | 1,000 |
| **bold** | *slanted* | −3.14 |

###### A sixth level

A footnote-like[^1] mark, an escaped \\*asterisk\\*, an entity &copy;, inline <b>HTML</b> that stays text, and an image:
![a picture that a terminal does not show](https://example.com/picture.png)

---

[^1]: Not every renderer knows footnotes.

<details><summary>A block of HTML</summary>It is shown as text.</details>

A line that goes on for long enough to be wrapped at any width that a terminal has, because somebody wrote it without \
ever pressing the key for a new line, which is what most models do, and what most people do too."""

CODE = '''\
```python
from collections.abc import Iterator


def fibonacci(limit: int) -> Iterator[int]:
    """Numbers of Fibonacci below the limit."""
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b
```

```typescript
type Result<T> = { ok: true; value: T } | { ok: false; reason: string };

export const parse = (text: string): Result<number> => {
  const value = Number(text);
  return Number.isNaN(value) ? { ok: false, reason: `not a number: ${text}` } : { ok: true, value };
};
```

```rust
fn main() {
    let words = ["ein", "zwei", "drei"];
    let longest = words.iter().max_by_key(|w| w.len()).unwrap();
    println!("{longest:>10}");
}
```

```sql
SELECT status, count(*) AS runs, avg(ended_at - started_at) AS seconds
FROM runs WHERE started_at > now() - interval '1 day' GROUP BY status;
```

```sh
for file in *.md; do
  printf '%s\\t%s\\n' "$(wc -w < "$file")" "$file"
done | sort -rn | head
```

```json
{"thread_id": "3fa85f64", "values": {"messages": []}, "next": [], "ok": true, "n": 1.5e3}
```

```diff
- the old line
+ the new line
  the line between
```

```
no language named, a very long line follows: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
```'''

TABLE = """\
A narrow one:

| Unit | Cells |
|---|---:|
| letter | 1 |
| kanji | 2 |

A wide one:

| Server | Language | Heartbeat | Resumes | Ends with | Licence | Worth knowing |
|---|---|---|---|---|---|---|
| Agent Server | Python | every 5 s | by id | a closed stream | Elastic 2.0 | one run at a time, unless told otherwise |
| Agent Server | JavaScript | none | by id | a closed stream | MIT | prints its JSON over ninety lines |
| Aegra | Python | none | by id | an `end` event | Apache 2.0 | cancels a run when its client leaves |

One with a row that is too short, one that is too long, and a cell with a pipe:

| a | b | c |
|---|---|---|
| 1 | 2 |
| 1 | 2 | 3 | 4 |
| `x \\| y` | | **z** |"""

UNICODE = """\
### Scripts and widths

- Deutsch: Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.
- Ελληνικά: Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.
- Русский: Съешь же ещё этих мягких французских булок.
- 日本語: いろはにほへと ちりぬるを
- 中文: 天地玄黃，宇宙洪荒。
- 한국어: 키스의 고유조건은 입술끼리 만나야 하고
- العربية: نص حكيم له سر قاطع
- עברית: דג סקרן שט בים מאוכזב
- हिन्दी: ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण
- ไทย: เป็นมนุษย์สุดประเสริฐเลิศคุณค่า

| What | Text |
|---|---|
| wide | ＡＢＣ 漢字 |
| emoji | 😀 🚀 🇪🇺 👍🏽 |
| joined | 👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 |
| combining | é ñ ǖ Z̧̄ |
| letters beyond the first plane | 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 |
| spaces | a\u00a0b\u2009c\u3000d |
| arrows, boxes | → ⇒ ├─┤ █▓▒░ |
| line ends that are none | one\u2028two\u2029three\u0085four |"""

HOSTILE = """\
Each line below attacks a terminal or a renderer. None may do anything but be shown.

1. colour: \x1b[31mred\x1b[0m, and \x1b[5mblinking\x1b[25m
2. cursor: \x1b[2J\x1b[H\x1b[10;10Hmoved\x1b[A\x1b[2K
3. title: \x1b]0;hijacked\x07 and \x1b]2;hijacked\x1b\\
4. clipboard: \x1b]52;c;cm0gLXJmIH4=\x07
5. link: \x1b]8;;https://evil.example/\x1b\\https://bank.example/\x1b]8;;\x1b\\
6. one-byte controls: \x9b31mred \x9d0;title\x9c \x90q\x9c
7. reports: \x1b[6n\x1b[c\x1b[5n\x05
8. modes: \x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000h
9. device strings: \x1bP+q544e\x1b\\ \x1b_Gi=1;AAAA\x1b\\ \x1b^secret\x1b\\
10. bell, backspace, return: a\x07b\x08c\rd
11. markup: [bold red]bold[/] [@click=app.quit]click me[/] [link=https://evil.example]link[/link] [/] [[x]]
12. links: [safe](javascript:alert(1)) [safe](file:///etc/passwd) [https://bank.example](https://evil.example)
13. direction: \u202etxt.exe\u202c and \u2066hidden\u2069
14. nothing to see: a\u200bb\u200cc\u200dd\ufeffe\u00adf
15. stacked: H\u0335\u0321\u031b\u0352\u0301\u0342e\u0337\u0327\u0300\u030bl\u0338\u0328\u0304p\u0334\u0322\u0306
16. tags: \U000e0068\U000e0069\U000e007f
17. halves: \ufffd \ufffe \U0001ffff
18. HTML: <script>alert(1)</script> <img src=x onerror=alert(1)>

```
in code too: \x1b[31mred\x1b[0m [bold]bold[/bold] \x1b]52;c;AAAA\x07
```

| in a \x1b[7mtable\x1b[0m | [red]too[/red] |
|---|---|
| \x1b]0;x\x07 | \u202eabc |"""

EXHIBITS: dict[str, str] = {"help": HELP, "blocks": BLOCKS, "code": CODE, "table": TABLE, "unicode": UNICODE, "hostile": HOSTILE}
"""name of the directive -> what it shows."""
