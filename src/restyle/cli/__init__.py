"""The command line: `restyle transfer`, `lead`, `compose`, `styles`, `corpus`, `train`, `export`,
`evaluate`, `studio`.

Exit status: 0 done; 1 could not (one line on stderr, no traceback); 2 wrong usage.
"""

from __future__ import annotations

import sys

import typer

from restyle.cli import compose, evaluate, models, songs, studio
from restyle.errors import RestyleError

_EXTRAS = ("torch", "transformers", "accelerate", "safetensors", "onnx", "onnxruntime_genai")

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


def main() -> None:
    """The console script: our errors become one line on stderr and exit status 1."""
    try:
        app()
    except RestyleError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Stopped.")
    except BrokenPipeError:  # the reader of our output has gone, as after "| head"
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _EXTRAS:
            raise
        _fail(f"This needs {error.name}: install it with pip install 'restyle[train]'.")


def _fail(sentence: str) -> None:
    print(f"restyle: {sentence}", file=sys.stderr)
    sys.exit(1)
