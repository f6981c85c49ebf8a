"""The command that opens the page: studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from restyle.cli.terminal import AsJson, Quiet, say, say_json


def studio(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine's ask a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8000,
    folder: Annotated[
        Path | None, typer.Option(help="Where songs and results lie, for a day.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """A page on this machine: bring a song, choose a style, listen, take it away.

    Example: restyle studio
    """
    from restyle.studio.serve import serve

    def tell(address: str) -> None:
        if as_json:
            say_json({"address": address})
        elif not quiet:
            say(f"restyle studio: {address}  (stop it with Ctrl+C)")

    serve(host, port, folder, browser, tell)
