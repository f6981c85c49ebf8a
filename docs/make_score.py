"""Make the pictures of docs/score.md anew: python docs/make_score.py"""

from __future__ import annotations

from pathlib import Path

from restyle.io.files import save
from restyle.io.score.engrave import sheet
from restyle.io.score.engrave_pdf import png_of
from restyle.options import TransferOptions
from restyle.pipeline import arranger
from restyle.reading import open_lead

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    lead = open_lead(ROOT / "examples" / "greensleeves.abc")[0]
    save(PICTURES / "score-greensleeves.lead.png", png_of(sheet(lead)[0], dpi=90))
    saints = open_lead(ROOT / "examples" / "when-the-saints.musicxml")[0]
    result = arranger().transfer(saints, TransferOptions("jazz", seed=1))
    page = sheet(result.song, result.swing)[0]
    save(PICTURES / "score-saints.jazz.png", png_of(page, dpi=90))


if __name__ == "__main__":
    main()
