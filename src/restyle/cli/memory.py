"""Memory given back before work that needs much of it."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def let_go_of_models() -> None:
    """Forget the loaded models, and give their memory back to the system.

    The GNU C library keeps what is freed for later, 40 MB after a song of four minutes, unless it
    is told to trim its heap; other systems' do not.
    """
    from restyle.pipeline import arranger

    arranger.cache_clear()
    with suppress(OSError, AttributeError, TypeError):  # another library, another system
        ctypes.CDLL(None).malloc_trim(0)
