"""The command line. Reading it loads nothing heavy: a command's module is imported when the command is run."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from . import __version__
from .commands.mistakes import BROKEN_PIPE, STOPPED, USAGE, Mistake


class Parser(argparse.ArgumentParser):
    """Says a mistake in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise Mistake(f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.")


def _server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", metavar="NAME|URL", help="a server of the configuration, its address, or local")
    parser.add_argument("--assistant", metavar="NAME", help="the assistant (graph) to talk to")


def _turn(parser: argparse.ArgumentParser) -> None:
    _server(parser)
    parser.add_argument("--thread", metavar="ID", help="go on with this thread")
    parser.add_argument("--model-config", metavar="JSON", help="an object that goes into config.configurable of each run")


def _chat(parser: argparse.ArgumentParser) -> None:
    _turn(parser)
    parser.add_argument("--ascii", action="store_true", help="plain characters, where a font lacks others")
    parser.add_argument("--theme", metavar="NAME", help="the theme, for this time")
    parser.add_argument("--no-own-painting", action="store_true", help="paint with Textual's own writer")


def _send(parser: argparse.ArgumentParser) -> None:
    _turn(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--answer", metavar="JSON", help="answer the question that the thread waits with (text that is not JSON is taken as it is)"
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what to send; - reads it from stdin")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=2024, metavar="N", help="the port, 2024 unless named; 0 takes any that is free")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where it listens; whoever reaches it can use it, so: this machine"
    )


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=("init", "show", "check", "path"), help="write a file, show what holds, look for mistakes, say where it is"
    )


def _threads(parser: argparse.ArgumentParser) -> None:
    _server(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=Parser)
    listing = what.add_parser("list", help="newest first", allow_abbrev=False)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many")
    deleting = what.add_parser("delete", help="from the server, for good", allow_abbrev=False)
    deleting.add_argument("thread", nargs="+", metavar="ID", help="a thread's id")
    for each in (listing, deleting):
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


@dataclass(frozen=True, slots=True)
class Command:
    """``module`` in canvas_tui.commands has ``run(args) -> int``, the exit code."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    epilog: str = ""

    def run(self, args: argparse.Namespace) -> int:
        code: int = importlib.import_module(f".commands.{self.name}", __package__).run(args)
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
    Command("serve", "the local agent in the foreground, for tmux or systemd", _serve),
    Command("config", "write, show and check the configuration", _config),
    Command("threads", "list and delete threads", _threads),
)


def parser() -> Parser:
    top = Parser("canvas-tui", description=CHAT.help, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"canvas-tui {__version__}")
    CHAT.arguments(top)
    top.set_defaults(command=CHAT)
    below = top.add_subparsers(metavar="COMMAND", title="commands", parser_class=Parser)
    for command in COMMANDS:
        # What stands before the command ("canvas-tui --server S send") holds unless it is said again after it.
        sub = below.add_parser(command.name, help=command.help, description=command.help, epilog=command.epilog, allow_abbrev=False)
        command.arguments(sub)
        named = {action.dest for action in top._actions}
        sub.set_defaults(command=command)
        for action in sub._actions:
            if action.dest in named:
                action.default = argparse.SUPPRESS
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every mistake is a sentence on stderr."""
    try:
        args = parser().parse_args(argv)
        command: Command = args.command
        return command.run(args)
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
