"""The commands: `restyle transfer`, `lead`, `compose`, `styles`, `corpus`, `train`, `export`,
`evaluate`, `studio`."""

from __future__ import annotations

import typer

from restyle.cli import compose, evaluate, models, songs, studio

app = typer.Typer(
    help="Any song, any style: the same song as classical, pop or jazz.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
train_app = typer.Typer(help="Train a model of your own.", no_args_is_help=True)
for command in (
    songs.transfer, songs.lead, compose.compose, songs.styles, models.corpus, models.export,
    evaluate.evaluate, studio.studio,
):  # fmt: skip
    app.command()(command)
train_app.command("arranger")(models.train_arranger)
train_app.command("composer")(compose.train_composer)
app.add_typer(train_app, name="train")
