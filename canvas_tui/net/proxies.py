"""The proxy of the environment that stands before an address: ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY``, but for ``NO_PROXY``."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx

from canvas_tui.core.frozen import frozen


@frozen
class EnvProxy:
    host: str
    port: int
    variable: str  # that names it

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


def env_proxy(url: httpx.URL) -> EnvProxy | None:
    """The one that a client of the environment's settings takes to get there. Its user and password are no part of the answer."""
    proxies = getproxies()
    name = next((name for name in (url.scheme, "all") if proxies.get(name)), "")
    if not name or proxy_bypass(url.host):
        return None
    try:
        via = httpx.URL(proxies[name] if "://" in proxies[name] else f"http://{proxies[name]}")
    except httpx.InvalidURL:
        return None
    return EnvProxy(via.host, via.port or 80, f"{name.upper()}_PROXY")
