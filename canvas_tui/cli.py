"""The command line. Reading it loads nothing heavy: a command's module is imported when the command is run."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from canvas_tui.core.frozen import frozen

from . import __version__
from .commands.mistakes import BROKEN_PIPE, STOPPED, USAGE, Mistake


class Parser(argparse.ArgumentParser):
    """Says a mistake in one sentence."""

    _given: tuple[str, ...] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What is not known is said here, by the command that does not know it, instead of by the program at the end."""
        self._given = tuple(args or ())
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._stranger(unknown[0]))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        said = message[:1].upper() + message[1:]
        if wrong := re.match(r"argument (\w+): invalid choice: '(.*?)' \(choose from (.*)\)", message):
            before = self._given[: self._given.index(wrong[2])] if wrong[2] in self._given else ()
            option = next((word for word in before if word.startswith("-") and word.partition("=")[0] not in self._known), "")
            said = self._stranger(option) if option else self._near(wrong[2], re.findall(r"[\w-]+", wrong[3]))
        elif wrong := re.match(r"argument (.*): invalid (?:int|float) value: (.*)", message):
            said = f"{wrong[1]} takes a number, not {wrong[2]}"
        elif wrong := re.match(r"argument (.*): expected (?:at least )?one argument", message):
            said = f"{wrong[1]} needs a value"
        elif missing := re.match(r"the following arguments are required: (.*)", message):
            said = f"{missing[1]} is missing" if missing[1] != WHAT else f"Say which: {', '.join(self._what)}"
        raise Mistake(f"{said.rstrip('.?')}{'?' if said.endswith('?') else '.'} See {self.prog} --help.")

    @property
    def _known(self) -> Sequence[str]:
        """Every option."""
        return list(self._option_string_actions)

    @property
    def _what(self) -> Sequence[str]:
        """What can be done below this command."""
        return [name for action in self._actions if action.metavar == WHAT for name in action.choices or ()]

    def _stranger(self, word: str) -> str:
        return self._near(word.partition("=")[0], self._known) if word.startswith("-") else f"{word!r} is one word too many"

    @staticmethod
    def _near(word: str, known: Sequence[str]) -> str:
        import difflib

        near = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
        there_are = "" if word.startswith("-") else f"; there are {', '.join(known)}"
        return f"There is no {word!r} here" + (f"; did you mean {near[0]}?" if near else there_are)


WHAT = "WHAT"


def _server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", metavar="NAME|URL", help="a server of the configuration, its address, or local")
    parser.add_argument("--assistant", metavar="NAME", help="the assistant (graph) to talk to")


def _turn(parser: argparse.ArgumentParser) -> None:
    _server(parser)
    parser.add_argument("--record", metavar="FILE", help="write what comes to a new file, for canvas-tui replay; no key is in it")
    parser.add_argument("--thread", metavar="ID", help="go on with this thread")
    parser.add_argument("--model-config", metavar="JSON", help="an object that goes into config.configurable of each run")


def _chat(parser: argparse.ArgumentParser) -> None:
    _turn(parser)
    _look(parser)


def _look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ascii", action="store_true", help="plain characters, where a font lacks others")
    parser.add_argument("--theme", metavar="NAME", help="the theme, for this time")
    parser.add_argument("--no-own-painting", action="store_true", help="paint with Textual's own writer")


def _send(parser: argparse.ArgumentParser) -> None:
    _turn(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--answer", metavar="JSON", help="answer the question that the thread waits with (text that is not JSON is taken as it is)"
    )
    parser.add_argument("--regenerate", action="store_true", help="ask for the thread's last answer again; the old one stays a branch")
    parser.add_argument(
        "--resend",
        metavar="N|ID",
        help="send TEXT in place of your message N (1: the first, -1: the last) or ID; the old one stays a branch",
    )
    parser.add_argument("--continue", dest="proceed", action="store_true", help="let the agent go on where the thread stopped")
    parser.add_argument("--select", metavar="PART", help="the part of the artifact that TEXT is about: it alone is rewritten")
    parser.add_argument(
        "--action", metavar="NAME[=VALUE]", help="change the artifact: translate=french, length=short, emojis, port=python, custom=NAME …"
    )
    parser.add_argument("--attach", metavar="FILE", action="append", help="a text file or PDF that goes with the message; again for more")
    parser.add_argument("--artifact-in", metavar="FILE", help="the artifact's newest version before the turn; kind and language by its end")
    parser.add_argument("--artifact-out", metavar="FILE", help="write the newest version there after the turn, over what is there")
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what to send; - reads it from stdin")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=2024, metavar="N", help="the port, 2024 unless named; 0 takes any that is free")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where it listens; whoever reaches it can use it, so: this machine"
    )


def _doctor(parser: argparse.ArgumentParser) -> None:
    _server(parser)
    parser.add_argument("url", nargs="?", metavar="URL", help="the server: a name of the configuration, or an address")
    parser.add_argument("--thread", metavar="ID", help="the thread on which nothing came")
    parser.add_argument("--run", metavar="ID", help="its run; without it the one that is alive, or the newest")
    parser.add_argument(
        "--direct", metavar="URL", help="the same server without the proxy before it (it gets the same key): proves who is to blame"
    )
    parser.add_argument("--canary", action="store_true", help="start a run of its own too, on a thread that is removed again")
    parser.add_argument(
        "--listen",
        type=float,
        metavar="SECONDS",
        help="listen to each stream for so long, instead of 12 at most: 130 finds what cuts after 120 s of silence",
    )
    parser.add_argument("--yes", action="store_true", help="do what helps (continue, show the answer, free the thread) without asking")
    parser.add_argument("--json", action="store_true", help="the verdict as one JSON object on stdout")
    parser.add_argument("--bundle", metavar="FILE", help="write what was found to a file: no key, and no text of messages, is in it")
    parser.add_argument(
        "--with-text", action="store_true", help="the question that the thread waits with may be shown, and be in the bundle"
    )
    parser.add_argument("--from", dest="replay", metavar="FILE", help="judge by such a file, without a server")


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what --record or the program's key for it has written")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="so many times as fast")
    _look(parser)


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", choices=("tour",), help="play by itself: some minutes of faults, each with a line of explanation")
    _look(parser)


def _lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upstream", metavar="URL", help="the server that it stands before")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT", help="the port on this machine; a free one unless named")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--script", default="", metavar="STEPS", help="what it does: 'pass 5; stall 20s; cut; 502 x2'")
    what.add_argument("--fault", default="", metavar="NAME", help="a fault by number or name: F23, 'clean end'")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides what a script leaves open")
    parser.add_argument("--list", action="store_true", help="show all faults and all steps")


CONFIG = {
    "init": "write a file with every setting at its default",
    "show": "print what holds",
    "check": "tell every mistake with its line",
    "path": "say where the file is",
}


def _config(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar=WHAT, parser_class=Parser)
    for name, does in CONFIG.items():
        what.add_parser(name, help=does, description=does, allow_abbrev=False)


def _listing(parser: argparse.ArgumentParser) -> None:
    _server(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _only_where_given(below: argparse.ArgumentParser, above: argparse.ArgumentParser) -> None:
    """Options that both know: what stands before the command ("canvas-tui --server S send") holds unless it is said again after it."""
    named = {action.dest for action in above._actions}
    for action in below._actions:
        if action.dest in named:
            action.default = argparse.SUPPRESS


def _threads(parser: argparse.ArgumentParser) -> None:
    _listing(parser)
    what = parser.add_subparsers(dest="what", required=True, metavar=WHAT, parser_class=Parser)
    listing = what.add_parser("list", help="newest first", allow_abbrev=False)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many")
    deleting = what.add_parser("delete", help="from the server, for good", allow_abbrev=False)
    deleting.add_argument("thread", nargs="+", metavar="ID", help="a thread's id")
    exporting = what.add_parser("export", help="as a file: the conversation with its artifact, or the artifact alone", allow_abbrev=False)
    exporting.add_argument("thread", metavar="ID", help="the thread's id")
    exporting.add_argument("--format", choices=("markdown", "json"), default="markdown", help="markdown unless named")
    exporting.add_argument(
        "--out", metavar="FILE|FOLDER", help="where to; in a folder the name is made from the title. Without it: to stdout"
    )
    exporting.add_argument("--artifact", action="store_true", help="the artifact alone, as the file that it is")
    exporting.add_argument("--all-versions", action="store_true", help="every version of the artifact, not the current one alone")
    exporting.add_argument("--force", action="store_true", help="write over a file that is there")
    for each in (listing, deleting, exporting):
        _listing(each)
        _only_where_given(each, parser)


@frozen
class Command:
    """``module`` in canvas_tui.commands has ``run(args) -> int``, the exit code."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    epilog: str = ""

    def run(self, args: argparse.Namespace) -> int:
        gc.disable()  # what is loaded now stays: looking for garbage in it meanwhile is a tenth of the start
        try:
            module = importlib.import_module(f".commands.{self.name}", __package__)
        finally:
            gc.enable()
        code: int = module.run(args)
        return code


CHAT = Command("chat", "A terminal client for LangGraph agent servers. Without a command it opens the program.", _chat)

COMMANDS = (
    Command(
        "send",
        "one turn without a screen: the answer on stdout, everything else on stderr",
        _send,
        "Exit code: 0 done, 2 usage or configuration, 3 waiting for an answer (--answer), 4 the run failed, "
        "5 the server could not be reached or kept, 130 stopped.",
    ),
    Command(
        "doctor",
        "why nothing came: what was found, the verdict, what to do",
        _doctor,
        "Exit code: 0 nothing is wrong, 2 usage or configuration, 3 waiting for an answer, 4 the run failed, 10-16 the way to the server, "
        "20-27 the server, 30-36 its queue, 40-45 the run, 50-61 the stream, 99 unknown; the README has the table.",
    ),
    Command("serve", "the local agent in the foreground, for tmux or systemd", _serve),
    Command("demo", "the program on the scripted model, with faults at the press of a key", _demo),
    Command("replay", "a recording on the screen, as it came, without a server", _replay),
    Command("lab", "a proxy that makes faults, before any server, for any client", _lab),
    Command("config", "write, show and check the configuration", _config),
    Command("threads", "list, export and delete threads", _threads),
)


def parser(argv: Sequence[str] | None = None) -> Parser:
    """All of it; with ``argv``, the arguments of those commands alone that it names."""
    top = Parser("canvas-tui", description=CHAT.help, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"canvas-tui {__version__}")
    CHAT.arguments(top)
    top.set_defaults(command=CHAT)
    below = top.add_subparsers(metavar="COMMAND", title="commands", parser_class=Parser)
    for command in COMMANDS:
        sub = below.add_parser(command.name, help=command.help, description=command.help, epilog=command.epilog, allow_abbrev=False)
        if argv is None or command.name in argv:
            command.arguments(sub)
            sub.set_defaults(command=command)
            _only_where_given(sub, top)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every mistake is a sentence on stderr."""
    if not sys.warnoptions:  # of libraries, to those who write them: no line for the screen of a user, who did not ask with -W
        warnings.simplefilter("ignore")
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: nothing comes, and nobody reads
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - until the end
    try:
        argv = sys.argv[1:] if argv is None else argv
        args = parser(argv).parse_args(argv)
        command: Command = args.command
        code = command.run(args)
        sys.stdout.flush()  # here, where a reader that has gone is no mistake
        return code
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        # Whoever read us has gone, which is no mistake; the interpreter's own flush at the end has to find an open stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Mistake as mistake:
        print(f"canvas-tui: {mistake}", file=sys.stderr)
        return USAGE
    except Exception as error:
        from .commands import crash

        return crash.tell(error)
