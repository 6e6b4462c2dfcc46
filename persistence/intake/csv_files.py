"""A csv as sheets.

Its bytes become text, and each mark that may part its cells gives one reading.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from persistence.records import Refused, Rule

from .sheet_rows import Row, Sheet, row_of, text_cell

END = "\x1a"
"""What is put after the last line of a csv, to know that it is one."""
MARKS = ";\t,"
"""What may part the cells of a csv."""
UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
GLANCE = 4_096
"""The bytes that are looked at to tell an encoding."""


def parted(text: str, mark: str) -> Sheet:
    return Sheet("", is_visible=True, rows=lambda: _csv_rows(text, mark))


def _csv_rows(text: str, mark: str) -> Iterator[Row]:
    """The rows of a csv that this mark parts.

    A quote that is never closed would take the lines below into its cell, and nobody
    would know: it is refused.
    """
    bounded = StringIO(f"{text.replace(END, '')}\r\n{END}", newline="")
    reader, start = csv.reader(bounded, delimiter=mark), 1
    try:
        for number, cells in enumerate(reader, 1):
            if cells and cells[-1].endswith(END):
                if cells != [END]:
                    raise _unclosed(start)
                return
            if any(map(str.strip, cells)):
                row = row_of(number, map(text_cell, cells))
                if row.cells:
                    yield row
            start = reader.line_num + 1
    except csv.Error:
        raise _unclosed(start) from None


def _unclosed(line: int) -> Refused:
    detail = f"Voyez la ligne {line} : un guillemet y est de trop."
    return Refused(Rule.EXTRACT_UNREADABLE, detail=detail)


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 or Windows-1252."""
    encoding = UTF_16.get(content[:2]) or _wide(content[:GLANCE])
    if encoding is not None:
        return content.decode(encoding, errors="replace").removeprefix("\ufeff")
    if b"\x00" in content:
        raise Refused(Rule.EXTRACT_UNREADABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _wide(start: bytes) -> str | None:
    """UTF-16 that does not say so.

    In our letters, every second byte is zero, and no other is.
    """
    first, second = start[0::2], start[1::2]
    if second and second.count(0) > len(second) * 0.8 and not first.count(0):
        return "utf-16-le"
    if first and first.count(0) > len(first) * 0.8 and not second.count(0):
        return "utf-16-be"
    return None
