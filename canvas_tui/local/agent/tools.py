"""Tools that the graph's tool node runs, and the one name that is answered by the user instead."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from langchain_core.tools import BaseTool, tool

ASK = "ask_user"
"""A call of this name stops the run at ``interrupt()`` and is answered by the user."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}

NOTES = {
    "thread": "A thread is one conversation. The server keeps its state as a chain of checkpoints.",
    "run": "A run is one turn of the graph on a thread. It goes on when the client leaves.",
    "checkpoint": "A checkpoint is the state after one step. A thread can be taken up again from any of them.",
    "interrupt": "An interrupt is a question of the graph. The run ends; the answer starts the next one.",
    "heartbeat": "A heartbeat is an empty line on the stream that says: still here, nothing to tell.",
}


def _value(node: ast.expr) -> int | float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        result: int | float = _BINARY[type(node.op)](_value(node.left), _value(node.right))
        return result
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        signed: int | float = _UNARY[type(node.op)](_value(node.operand))
        return signed
    raise ValueError("only numbers and + - * / // % are understood")


@tool
def calculator(expression: str) -> str:
    """Work out an arithmetic expression of numbers and + - * / // %."""
    if len(expression) > 200:
        return "The expression is too long."
    try:
        return str(_value(ast.parse(expression, mode="eval").body))
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, OverflowError) as error:
        return f"It cannot be worked out: {error}"


@tool
def lookup(term: str) -> str:
    """Look up what a word of LangGraph means."""
    return NOTES.get(term.lower(), f"There is no note on {term}. There are notes on: {', '.join(NOTES)}.")


TOOLS: tuple[BaseTool, ...] = (calculator, lookup)
