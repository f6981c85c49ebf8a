"""Lead sheets of real songs, written and read again: in every format, exactly and as a musician
writes them. Counts those that are not written since they would come back as something else.

    python benchmarks/leads.py SONGS --songs 65      # SONGS: folders STYLE/SOURCE/*.mid
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

from restyle.analysis import listen
from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.leads.leads import lead_bytes

WAYS = ((".json", True), (".mid", True), (".musicxml", True), (".musicxml", False),
        (".abc", True), (".abc", False))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", type=int, default=65)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    files = sorted(said.folder.glob("*/*/*.mid"))
    random.Random(said.seed).shuffle(files)
    written: Counter[tuple[str, bool]] = Counter()
    heard = 0
    for file in files[: said.songs]:
        try:
            lead = listen(read(file)).lead
        except RestyleError as error:
            print(f"{file.name}: {error}")
            continue
        heard += 1
        for ending, exact in WAYS:
            try:
                lead_bytes(lead, ending, f"lead{ending}", exact=exact)
                written[ending, exact] += 1
            except RestyleError as error:
                print(f"{file.name} {'exactly' if exact else 'as written'}: {error}")
    for ending, exact in WAYS:
        way = "exactly" if exact else "as a musician writes"
        print(f"{ending:10}{way:22}{written[ending, exact]:4} of {heard} come back")


if __name__ == "__main__":
    main()
