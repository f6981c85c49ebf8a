"""The next-note LSTM: new music in a style.

`restyle.compose("jazz")` is a function of the Python interface and this room has its name: once the
room is imported it stands there, so it can be called as the function.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *words: Any, **wishes: Any) -> Any:
        from restyle.api import compose

        return compose(*words, **wishes)


sys.modules[__name__].__class__ = _Room
