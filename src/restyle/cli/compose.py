"""The commands of the composer: compose, train composer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli.beside import Audio, Beside, Picture, PictureSvg, Soundfont
from restyle.cli.newsong import out_path
from restyle.cli.outputs import WRITTEN, check_outputs
from restyle.cli.scores import Score, score_outputs, write_score
from restyle.cli.terminal import AsJson, Quiet, complete_style, progress, say, say_json

if TYPE_CHECKING:
    from restyle.composer.api import Composed
    from restyle.composer.train import Progress


def compose(
    style: Annotated[
        str,
        typer.Option(
            "--style",
            help="The style, as jazz or jazz/waltz: see 'restyle styles'.",
            autocompletion=complete_style,
        ),
    ],
    bars: Annotated[int | None, typer.Option(help="How many bars; the form's own if none.")] = None,
    key: Annotated[str, typer.Option(help="The key, as Eb or Am.")] = "",
    tempo: Annotated[float | None, typer.Option(help="Quarter notes a minute.")] = None,
    meter: Annotated[str, typer.Option(help="The meter, as 3/4.")] = "",
    form: Annotated[
        str, typer.Option(help="aaba, abac, aabb, verse-chorus, blues, minuet, period, hymn, ...")
    ] = "",
    lead: Annotated[
        bool, typer.Option("--lead", help="The lead sheet alone (.musicxml, .abc, .mid, .json).")
    ] = False,
    solo: Annotated[bool, typer.Option("--solo", help="A piano alone plays it.")] = False,
    prime: Annotated[
        Path | None, typer.Option(help="A song to go on from: its key, meter and motif.")
    ] = None,
    chords: Annotated[
        Path | None,
        typer.Option(help="Chords to write the tune over: a chart as text, or a lead sheet."),
    ] = None,
    over: Annotated[
        Path | None,
        typer.Option(
            help="Words to write the tune over, as text: a line a phrase, a note a syllable."
        ),
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Above 1 bolder, below 1 plainer; the style's own if none.")
    ] = None,
    takes: Annotated[int, typer.Option(min=1, max=16, help="Make several, keep the best.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed writes the same music.")] = 0,
    model: Annotated[
        str, typer.Option(help="The classic: last, sequence or embedding, or a trained folder.")
    ] = "",
    notes: Annotated[
        int | None, typer.Option(min=1, help="Of the classic: how many notes and chords.")
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Of the classic: draw only from the likeliest notes of this share."),
    ] = None,
    rhythm: Annotated[
        str, typer.Option(help="Of the classic: real, or even, a note every half beat.")
    ] = "",
    show: Annotated[
        bool, typer.Option("--print", help="Of the classic: print the notes and chords.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Where to write: .mid, .musicxml, .pdf, .mp3, .png, or a folder."
        ),
    ] = None,
    score: Score = False,
    picture: Picture = False,
    picture_svg: PictureSvg = False,
    audio: Audio = False,
    soundfont: Soundfont = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """A new song in a style: a lead sheet is written, then the style's band plays it.

    Example: restyle compose --style jazz --seed 3 -o tune.mid --score

    Over words: restyle compose --style folk --over words.txt --lead -o song.musicxml
    """
    beside = Beside(picture, audio, soundfont, picture_svg)
    made_of = [path for path in (prime, chords, over, soundfont) if path]
    if not (model or notes or top_p is not None or rhythm or show):
        from restyle.cli.newsong import Wish, compose_song
        from restyle.composer.lead.song import LeadOptions

        wanted = LeadOptions(
            style.lower(), bars, key, tempo, meter, form,
            0.9 if temperature is None else temperature, seed, chords=chords, prime=prime,
            over=over,
        )  # fmt: skip
        quiet = quiet or as_json
        wish = Wish(lead, solo, takes, output, beside, score, as_json, quiet)
        compose_song(wanted, wish, made_of)
        return
    mine = {"--bars": bars, "--key": key, "--tempo": tempo, "--meter": meter, "--form": form,
            "--chords": chords, "--over": over,
            "--lead": lead, "--solo": solo, "--takes": takes > 1}  # fmt: skip
    for name, value in mine.items():
        if value:
            raise typer.BadParameter("the classic next-note composer has no such thing",
                                     param_hint=name)  # fmt: skip
    from restyle.composer import api

    out = out_path(output, style, seed, WRITTEN)
    check_outputs([out, *beside.outputs(out), *score_outputs(out, score)], made_of)
    beside.check(out)
    with progress("composing", quiet or as_json) as on_note:
        made = api.compose(
            style, notes or 600, model or "embedding", prime, temperature, top_p,
            rhythm or "real", seed, on_note,
        )  # fmt: skip
    beside.write_song(made.song, out, made.swing, quiet or as_json)
    written = [out]
    written += write_score(made.song, out, score, made.swing)
    written += beside.write([(made.song.title, made.song)], out)
    _tell(made, style, written, show, as_json, quiet or as_json)


def _tell(
    made: Composed, style: str, written: list[Path], show: bool, as_json: bool, quiet: bool
) -> None:
    if as_json:
        said = {
            "style": style,
            "written": [str(path) for path in written],
            "key": made.key,
            "meter": made.song.meters[0].name,
            "bpm": round(made.song.tempos[0].bpm, 2),
            "notes": list(made.symbols),
            "remarks": list(made.report),
        }
        say_json(said)
        return
    if show:
        print(" ".join(made.symbols))
    if quiet:
        return
    for line in made.report:
        say(line)
    meter, tempo = made.song.meters[0].name, made.song.tempos[0].bpm
    bars = len(made.song.bar_starts()) - 1
    say(f"{made.song.title}: {made.key}, {meter}, {tempo:.0f} quarter notes a minute, "
          f"{bars} bars, {len(made.symbols)} notes and chords")  # fmt: skip
    for path in written:
        say(f"-> {path}")


def train_composer(
    folders: Annotated[list[Path], typer.Argument(help="Folders of songs, one a style.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The model folder to make.")],
    variant: Annotated[str, typer.Option(help="last, sequence or embedding.")] = "embedding",
    steps: Annotated[int, typer.Option(min=1)] = 3000,
    length: Annotated[int, typer.Option(min=2, help="Notes in a window.")] = 100,
    hidden: Annotated[int, typer.Option(min=4, help="Size of the network.")] = 256,
    size: Annotated[int, typer.Option(min=1, help="Windows a step.")] = 32,
    rate: Annotated[float, typer.Option(help="Learning rate.")] = 3e-3,
    songs: Annotated[int | None, typer.Option(min=2, help="At most so many of a style.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that hear songs; all cores if not said.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a composer; run it again after a kill and it goes on from its last save.

    Example: restyle train composer songs/jazz -o model --songs 200
    """
    from restyle.composer.api import train_composer as train

    with progress("hearing, training, calibrating", quiet or as_json) as bar:

        def report(now: Progress) -> None:
            if bar:
                bar(now.step, now.steps)
                print(f"step {now.step}: loss {now.train:.3f}, held-out {now.held_out:.3f}")

        made = train(
            folders, output, variant, steps, length, seed, songs, workers, bar, report, bar,
            hidden=hidden, size=size, rate=rate,
        )  # fmt: skip
    if as_json:
        print(json.dumps(vars(made), default=str))
    elif not quiet:
        print(
            f"{made.songs} songs, {made.notes:,} notes and chords, {made.vocabulary} different; "
            f"{made.held_out} songs held out, {made.left_out} left out"
        )
        print(f"held-out loss {made.loss:.3f} after {made.seconds:.0f} s -> {made.folder}")
