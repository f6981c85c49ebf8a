"""The commands: `restyle transfer`, `lead`, `compose`, `styles`, `corpus`, `train`, `export`,
`evaluate`, `studio`."""

from __future__ import annotations

from typing import Annotated

import typer

import restyle
from restyle.cli import compose, evaluate, lead, models, studio, styles, transfer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"restyle {restyle.__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Any song, any style: the same song in another style, on an ordinary processor.

    Exit status: 0 done, 1 could not (one line on stderr says why), 2 wrong usage, 130 stopped.
    """


train_app = typer.Typer(help="Train a model of your own.", no_args_is_help=True)
for command in (
    transfer.transfer, lead.lead, compose.compose, styles.styles, models.corpus, models.export,
    evaluate.evaluate, studio.studio,
):  # fmt: skip
    app.command()(command)
train_app.command("arranger")(models.train_arranger)
train_app.command("composer")(compose.train_composer)
app.add_typer(train_app, name="train")
