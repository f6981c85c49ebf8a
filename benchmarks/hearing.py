"""How well restyle hears: beats, meter, swing, key, chords, melody, against labels it never sees.

    python benchmarks/hearing.py --data FOLDER [--songs N] [--only time|harmony|doubt]

FOLDER holds STYLE/SOURCE/*.mid, and POP909's label files beside its songs. Prints one markdown
table. --songs measures on at most N songs a source.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from hearing_table import Row, markdown

Measures = Callable[[Path, int], Iterator[Row]]


def groups() -> dict[str, Measures]:
    """The groups of measures by name; each yields its rows for a folder and a number of songs."""
    from hearing_doubt import doubt_rows
    from hearing_time import time_rows

    found: dict[str, Measures] = {"time": time_rows, "doubt": doubt_rows}
    try:
        from hearing_harmony import harmony_rows
    except ModuleNotFoundError:
        return found
    return found | {"harmony": harmony_rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=sys.maxsize, help="at most so many a source")
    parser.add_argument("--only", choices=("time", "harmony", "doubt"))
    options = parser.parse_args()
    rows: list[Row] = []
    for name, measures in groups().items():
        if options.only in (None, name):
            rows += measures(options.data, options.songs)
    print(markdown(rows))


if __name__ == "__main__":
    main()
