"""`restyle compose` as it is by default: a lead sheet is written, then a band plays it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from restyle.cli.beside import Beside
from restyle.cli.outputs import WRITTEN as SONGS
from restyle.cli.outputs import check_outputs
from restyle.cli.scores import score_outputs, write_score
from restyle.cli.terminal import progress, say, say_json
from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.composer.lead.song import LeadOptions, Written
    from restyle.pipeline import Result

LEADS = (".mid", ".midi", ".musicxml", ".xml", ".abc", ".json")


@dataclass(frozen=True)
class Wish:
    """What is wanted beside the song itself."""

    lead: bool
    solo: bool
    takes: int
    output: Path | None
    beside: Beside
    score: bool
    as_json: bool
    quiet: bool


def compose_song(options: LeadOptions, wish: Wish, made_of: list[Path]) -> None:
    """Compose, arrange and write a song. Raises RestyleError with one sentence."""
    from restyle.composer.arranged import best_of, in_its_manner
    from restyle.composer.lead import song
    from restyle.io import write_lead
    from restyle.music.lead import played

    if wish.lead and wish.solo:
        raise RestyleError("A lead sheet alone has no players: say --lead or --solo.")
    song.check(options)
    out = out_path(wish.output, options.style, options.seed, LEADS if wish.lead else SONGS)
    check_outputs([out, *wish.beside.outputs(out), *score_outputs(out, wish.score)], made_of)
    wish.beside.check(out)
    if wish.lead:
        written = song.compose_lead(in_its_manner(options))
        write_lead(written.lead, out, exact=False)
        paths = [out, *wish.beside.write([(written.lead.title, played(written.lead))], out)]
        paths += write_score(written.lead, out, wish.score, title=written.lead.title)
        _tell(written, None, options, paths, wish)
        return
    with progress("composing and arranging", wish.quiet) as on_bar:
        written, result = best_of(options, wish.solo, wish.takes, on_bar)
    wish.beside.write_song(result.song, out, result.swing, wish.quiet)
    paths = [out, *wish.beside.write([(written.lead.title, result.song)], out)]
    paths += write_score(result.song, out, wish.score, result.swing, written.lead.title)
    _tell(written, result, options, paths, wish)


def _tell(
    written: Written, result: Result | None, options: LeadOptions, paths: list[Path], wish: Wish
) -> None:
    lead = written.lead
    if wish.as_json:
        said: dict[str, Any] = {
            "style": options.style,
            "written": [str(path) for path in paths],
            "key": lead.key.name,
            "meter": lead.meters[0].name,
            "bpm": round(lead.tempos[0].bpm, 2),
            "bars": lead.bars,
            "form": written.form,
            "letters": written.letters,
            "melody_notes": len(lead.melody),
            "chords": [chord.symbol(lead.key) for chord in lead.chords],
            "remarks": [*written.remarks, *(result.notes if result else ())],
        }
        if result:
            said["parts"] = {p: len(n) for p, n in result.takes[0].arrangement.parts.items()}
        say_json(said)
        return
    if wish.quiet:
        return
    for line in written.remarks:
        say(line)
    meter, bpm = lead.meters[0].name, lead.tempos[0].bpm
    say(f"{lead.title}: {lead.key.name}, {meter}, {bpm:.0f} quarter notes a minute, "
        f"{lead.bars} bars, {written.form} {written.letters}")  # fmt: skip
    if result:
        say(f"played by {', '.join(result.takes[0].arrangement.names)}")
    for path in paths:
        say(f"-> {path}")


def out_path(output: Path | None, style: str, seed: int, endings: tuple[str, ...]) -> Path:
    """The file asked for, or <style>-<seed>.mid in the folder asked for.

    Raises RestyleError for an ending that cannot be written.
    """
    name = f"{style.replace('/', '-')}-{seed}.mid"
    if output is None:
        return Path(name)
    if output.is_dir():
        return output / name
    if not output.suffix:
        return output.with_name(output.name + ".mid")
    if output.suffix.lower() not in endings:
        *most, last = endings
        raise RestyleError(f"{output.name}: this can be written as {', '.join(most)} or {last}.")
    return output
