"""Start the studio: an address, a browser, and uvicorn."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from restyle.errors import RestyleError
from restyle.studio.security import Door


def serve(
    host: str, port: int, folder: Path | None, browser: bool, tell: Callable[[str], None]
) -> None:
    """Serve the page until somebody stops it; `tell` is given its address.

    Raises RestyleError when the address is taken.
    """
    import uvicorn

    from restyle.studio.app import create_app

    door = Door.of(host)
    taken = _listening(host, port)
    port = taken.getsockname()[1]
    address = address_of(host, port, door)
    makers = max(1, (os.cpu_count() or 2) // 2)
    app = create_app(folder or home(port), door=door, makers=makers)
    # connections that lie idle are the clients' to close: one that we close just when a request is
    # on its way loses the request
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
        lifespan="on",
    )
    tell(address)
    if browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    uvicorn.Server(config).run(sockets=[taken])


def home(port: int) -> Path:
    """Where visits lie when no folder is said; two studios have a folder each."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(cache or Path.home() / ".cache") / "restyle" / f"studio-{port}"


def address_of(host: str, port: int, door: Door) -> str:
    """What to open in a browser."""
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={door.token}" if door.token else "")


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(200)  # who comes before the server is ready waits for it
    except OSError as error:
        raise RestyleError(
            f"{host}:{port} cannot be used ({error.strerror}): give another --port, or 0 for any."
        ) from None
    return made
