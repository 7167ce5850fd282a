"""Starting and stopping the local agent. Nothing here loads LangGraph: that runs in the server's own process."""

from .manager import LocalAgent
from .serving import serve
from .settings import ModelSettings

__all__ = ["LocalAgent", "ModelSettings", "serve"]
