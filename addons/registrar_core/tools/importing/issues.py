"""What an import has to say about a file."""

from typing import NamedTuple

ERROR, WARNING, NOTE = "error", "warning", "note"


class Issue(NamedTuple):
    """One remark about a cell, a row or the whole file.

    ``error``: nothing of the file is stored; ``warning``: stored, somebody should
    look; ``note``: what was put right or left out on the way. ``code`` names the
    text, ``params`` fill it in.
    """

    level: str
    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    params: dict = {}


class TableError(ValueError):
    """A file that cannot be read at all; ``code`` and ``params`` as in an issue."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params

    def as_issue(self):
        return Issue(ERROR, self.code, params=self.params)


class CellError(ValueError):
    """A cell whose value cannot be used; ``code`` and ``params`` as in an issue."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params
