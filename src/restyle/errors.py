"""Errors that a musician understands: one sentence, what is wrong and what to do."""


class RestyleError(Exception):
    """Something about the user's input cannot be done; `str(error)` is one clear sentence.

    The command line prints it without a traceback and exits with status 1.
    """


class UnreadableSong(RestyleError):
    """A file that is not music, is damaged, or holds nothing that can be played."""


class UnknownStyle(RestyleError):
    """A style, part or model that is not at hand; the message lists those that are."""


class BadModel(RestyleError):
    """A model folder that is not one, or does not fit this version."""
