"""What the scripted model makes of texts and programs: its own come out whole in every style and language, others are left readable."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.local.agent.scripted.coding import State, commented, draft, known, logged, mended, ported, program_for, remarked
from canvas_tui.local.agent.scripted.directives import FORMS, read_directives
from canvas_tui.local.agent.scripted.documents import CANNOT, FAMILIES, LANGUAGES, LEADS, RANKS
from canvas_tui.local.agent.scripted.programs import PROGRAMS
from canvas_tui.local.agent.scripted.rewriting import Style, extended, rewrite
from canvas_tui.local.agent.scripted.rewriting import draft as write
from canvas_tui.local.agent.scripted.wishes import form_of, read_wish, title_of, topic_of, wants_canvas

KINDS = ("write an essay", "write a plan")
ENGLISH = {kind: write(kind, "green tea", Style()) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_ours_is_translated_to_the_last_block_and_back(kind: str, language: str) -> None:
    there = rewrite(ENGLISH[kind], language=language)
    assert there == write(kind, "green tea", Style(language)) and (language == "english") == (there == ENGLISH[kind])
    assert rewrite(there, language="english") == ENGLISH[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_lengths_grow_and_come_back(kind: str) -> None:
    lengths = [rewrite(ENGLISH[kind], length=length) for length in RANKS]
    assert [len(text) for text in lengths] == sorted({len(text) for text in lengths})
    assert all(rewrite(text, length="") == ENGLISH[kind] for text in lengths)


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_a_text_becomes_shorter_or_longer_and_brings_no_other_part_along(kind: str) -> None:
    blocks = ENGLISH[kind].rstrip("\n").split("\n\n")
    for block in blocks:
        assert all(rewrite(block, length=length, part=True).startswith(block.split(". ")[0]) for length in RANKS)
        assert len(rewrite(block, length="short", part=True)) <= len(block) < len(rewrite(block, length="long", part=True))
        assert not any(other in rewrite(block, length="longest", part=True) for other in blocks if other is not block)


@pytest.mark.parametrize("level", LEADS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reading_level_is_seen_in_every_language_and_replaced_by_the_next(level: str, language: str) -> None:
    text = rewrite(rewrite(ENGLISH[KINDS[0]], language=language), level=level)
    assert text.splitlines()[2] == LEADS[level].form(language)
    again = rewrite(text, level="pirate")
    assert sum(LEADS[each].form(language) in again for each in LEADS) == 1


def test_english_words_change_with_the_level() -> None:
    assert "Th' table shows what most mateys get wrong" in rewrite(ENGLISH[KINDS[0]], level="pirate")


def test_styles_keep_one_another() -> None:
    text = rewrite(rewrite(rewrite(ENGLISH[KINDS[0]], emojis=True), level="child"), length="longest")
    there = rewrite(text, language="french")
    assert "# 🌱 De green tea" in there and LEADS["child"].form("french") in there and "Lisbonne" in there
    assert rewrite(there, language="english") == text


def test_what_a_user_wrote_into_it_stays_where_it_was() -> None:
    mine = ENGLISH[KINDS[0]].replace("## What it takes", "My own words.\n\n## What it takes")
    there = rewrite(mine, language="spanish")
    assert there.index("My own words.") < there.index("## Lo que hace falta") and CANNOT.form("spanish") in there
    assert "My own words." in rewrite(mine, length="shortest")


def test_a_text_that_says_a_thing_twice_goes_on_saying_it() -> None:
    twice = ENGLISH[KINDS[0]] + "\n" + ENGLISH[KINDS[1]]
    assert rewrite(rewrite(twice, language="hindi"), language="english") == twice


OTHERS = "# A Letter\n\nDear Bob. I am here. It rains.\n\n- one\n- two\n\n> quoted\n\nYours. Ada."


def test_anothers_text_gets_what_can_be_done_to_any() -> None:
    assert rewrite(OTHERS, length="short") == "# A Letter\n\nDear Bob.\n\n- one\n- two\n\n> quoted\n\nYours."
    assert rewrite(OTHERS, length="shortest") == "# A Letter\n\nDear Bob."
    assert rewrite(OTHERS, emojis=True).startswith(
        "# 🌱 A Letter\n\nDear Bob. I am here. It rains. 🙂\n\n- ✨ one\n- ✨ two\n\n> quoted 💬"
    )
    assert len(rewrite(OTHERS, length="longest")) > len(rewrite(OTHERS, length="long")) > len(OTHERS)
    assert rewrite(OTHERS, language="french") == OTHERS + "\n\n" + CANNOT.form("french")
    assert LEADS["pirate"].form("english") in rewrite(OTHERS, level="pirate")


@given(st.text(), st.sampled_from(["", *LANGUAGES]), st.sampled_from([None, *RANKS]), st.sampled_from(["", *LEADS]), st.booleans())
def test_any_text_is_rewritten_without_an_error(text: str, language: str, length: str | None, level: str, emojis: bool) -> None:
    assert isinstance(rewrite(text, language=language, length=length, level=level, emojis=emojis), str)


def test_a_wish_that_is_not_understood_adds_a_part_in_the_texts_language() -> None:
    assert extended("# A\n\nb\n", "turn it | blue").endswith("\n\n## turn it blue\n\n" + extended("", "turn it | blue").split("\n\n")[-1])
    assert "Quelqu'un a demandé" in extended(rewrite(ENGLISH[KINDS[0]], language="french"), "plus de thé")


def test_every_block_stands_in_every_language() -> None:
    for _, blocks in FAMILIES.values():
        for block in blocks:
            assert len(set(block.forms)) == len(LANGUAGES)
            assert len({("{topic}" in form, form.count("\n")) for form in block.forms}) == 1


SWITCHES = [(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_every_port_has_its_comments_its_logs_and_its_mistake(program: object) -> None:
    assert program in PROGRAMS
    sources = next(each for each in PROGRAMS if each is program).sources
    assert set(sources) == set(FORMS) - {"text", "code"}
    for source in sources.values():
        assert {"=", "#", ">", "?"} <= {line[0] for line in source.splitlines()}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
@pytest.mark.parametrize("switch", SWITCHES)
def test_our_python_is_python_in_every_state(program: object, switch: tuple[bool, bool, bool]) -> None:
    ast.parse(State(next(each for each in PROGRAMS if each is program), "python", *switch).written())


def test_the_mistake_is_one_and_mending_it_mends_it() -> None:
    found: dict[str, list[int]] = {}
    for name, code in (("before", draft("fibonacci", "python")), ("after", mended(draft("fibonacci", "python")))):
        space: dict[str, object] = {"__name__": "x"}
        exec(code, space)
        found[name] = list(space["fibonacci"](21))  # type: ignore[operator]
    assert found == {"before": [0, 1, 1, 2, 3, 5, 8, 13, 21], "after": [0, 1, 1, 2, 3, 5, 8, 13]}


@pytest.mark.parametrize("language", sorted(set(FORMS) - {"text", "code"}))
def test_a_program_of_ours_is_ported_as_it_is_and_back(language: str) -> None:
    code = commented(mended(draft("count words", "python")), "python")
    there = ported(code, language)
    state = known(there)
    assert (
        state is not None and state.language == language and state.program is program_for("count words") and state.mended and state.comments
    )
    assert ported(there, "python") == code


MINE = "def f(x):\n    return x\n\nclass A:\n    def g(self):\n        if len(a) <= len(b):\n            pass\n"


def test_anothers_code_gets_what_can_be_done_to_any() -> None:
    assert commented(MINE, "python").startswith("# What f does begins here.\ndef f(x):\n    return x\n\n# What A does")
    assert '    def g(self):\n        print("here: g")\n' in logged(MINE, "python")
    ast.parse(logged(commented(MINE, "python"), "python"))
    assert "len(a) < len(b)" in mended(MINE)
    assert ported(MINE, "sql").startswith("-- The scripted model ports its own programs only")
    assert ported(MINE, "php").startswith("<?php\n// The scripted")
    assert remarked("<?php\nx();\n", "php", "do ?> it").startswith("<?php\n// Asked for: do ? it\n")


@pytest.mark.parametrize(
    ("message", "there", "wanted"),
    [
        ("write an essay about tea", False, True),
        ("Could you draft me a short letter to my landlord?", False, True),
        ("please create a python script that counts words", False, True),
        ("what is an essay?", False, False),
        ("tell me about runs", False, False),
        ("hello", True, False),
        ("make it shorter", True, True),
        ("now translate it to French, please", True, True),
        ("And add a table", True, True),
        ("why is it so short?", True, False),
        ("/artifact", False, True),
        ("/artifact /echo x", True, True),
        ("/echo write an essay", False, False),
        ("/tool make it", True, False),
    ],
)
def test_what_is_for_the_canvas(message: str, there: bool, wanted: bool) -> None:
    assert wants_canvas(read_directives(message), there) is wanted


@pytest.mark.parametrize(
    ("message", "form"),
    [
        ("/artifact", "text"),
        ("/artifact code", "python"),
        ("/artifact java 30", "java"),
        ("/artifact text python is fine", "text"),
        ("write a program in C++", "cpp"),
        ("write some JavaScript code", "javascript"),
        ("write a function", "python"),
        ("write an SQL query", "sql"),
        ("write an essay about a cup", "text"),
    ],
)
def test_the_form(message: str, form: str) -> None:
    assert form_of(read_directives(message)) == form


def test_wishes_are_read_from_plain_words() -> None:
    wish = read_wish("make it much shorter, in French, for kids, with emojis")
    assert (wish.length, wish.language, wish.level, wish.emojis, wish.of_code) == ("shortest", "french", "child", True, False)
    code = read_wish("add comments and logging, fix the bugs and port it to C++")
    assert (code.comments, code.logs, code.mend, code.port, code.of_text) == (True, True, True, "cpp", False)
    assert read_wish("javascript").port == "javascript" and read_wish("java").port == "java"


def test_topic_and_title() -> None:
    assert topic_of("please write me an essay about green tea, with a table. Thanks") == "green tea"
    assert topic_of("write a poem") == "a poem" and topic_of("") == "beginnings"
    assert title_of("the history of NASA in space") == "The History Of NASA In"
