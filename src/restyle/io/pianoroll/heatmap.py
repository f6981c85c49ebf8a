"""A table of numbers as a small picture, one pixel a cell."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray


def heat_map(table: NDArray[np.float64]) -> bytes:
    """A .png of a table of shape (rows, columns), row 0 at the bottom; its largest value is
    brightest."""
    from matplotlib.image import imsave

    content = BytesIO()
    top = float(table.max()) if table.size else 0.0
    imsave(
        content,
        np.sqrt(table / top) if top > 0 else table,  # small values are seen, too
        cmap="magma",
        vmin=0.0,
        vmax=1.0,
        origin="lower",
        format="png",
        metadata={"Software": ""},  # the same bytes whatever the version of the library
    )
    return content.getvalue()
