"""OpenAI's protocol as other servers speak it: they stream a model's thinking beside its content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

KEYS = ("reasoning_content", "reasoning")
"""DeepSeek, vLLM, llama.cpp and SGLang; Ollama, OpenRouter and newer vLLM. Some send both, with the same words."""


class CompatibleChatOpenAI(ChatOpenAI):
    """LangChain's drops the thinking on purpose, so that a user would look at minutes of silence; Open Canvas's passes it on."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        if made is not None and (thinking := _thinking(chunk)):
            made.message.additional_kwargs["reasoning_content"] = thinking
        return made


def _thinking(chunk: Mapping[str, Any]) -> str:
    choices = chunk.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    return next((text for key in KEYS if isinstance(text := delta.get(key), str) and text), "")
