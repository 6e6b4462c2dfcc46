"""A page as a browser without script reads it.

Its text, its links, its forms and what they would send.
"""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

Pairs = list[tuple[str, str]]
Button = tuple[str, str]
"""Its name and its value."""
WITHOUT_A_VALUE = {"checkbox", "radio", "file"}
"""Kinds of fields that send nothing until somebody chooses."""


@dataclass
class Form:
    """`values` is what the form sends untouched; `buttons` are with their address."""

    action: str
    method: str
    values: Pairs = field(default_factory=list)
    buttons: dict[Button, str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)

    def filled(
        self,
        changes: dict[str, str | list[str] | None],
        button: Button | None = None,
    ) -> Pairs:
        """What is sent when these fields are changed, and that button pressed.

        None empties a field.
        """
        unknown = set(changes) - self.fields
        assert not unknown, f"no field {unknown} among {sorted(self.fields)}"
        if button is not None:
            assert button in self.buttons, f"{button} not in {sorted(self.buttons)}"
        pairs = [pair for pair in self.values if pair[0] not in changes]
        for name, value in changes.items():
            several = [value] if isinstance(value, str) else value or []
            pairs += [(name, each) for each in several]
        return pairs + ([button] if button else [])


@dataclass
class _Select:
    """A list of choices; what it sends is the first option until one is chosen."""

    name: str
    first: str | None = None
    chosen: str | None = None

    @property
    def value(self) -> str:
        return self.chosen if self.chosen is not None else self.first or ""


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.open_forms: list[Form] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.words: list[str] = []
        self._unread: list[str] = []
        self._area: str | None = None
        self._select: _Select | None = None
        self._text: list[str] = []

    @property
    def form(self) -> Form | None:
        return self.open_forms[-1] if self.open_forms else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "form":
            self._open_form(attributes)
        if self.form is not None:
            self._read_field(self.form, tag, attributes)
        match tag:
            case "textarea":
                self._area = attributes.get("name", "")
                self._text = []
            case "select":
                self._select = _Select(attributes.get("name", ""))
            case "option" if self._select:
                self._read_option(self._select, attributes)
            case "h1" | "title":
                self._text = []
            case "script" | "style":
                self._unread.append(tag)

    def _open_form(self, attributes: dict[str, str]) -> None:
        action = attributes.get("action") or self.address
        form = Form(action, attributes.get("method", "get").lower())
        self.open_forms.append(form)
        self.forms.append(form)

    def _read_field(self, form: Form, tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        value = attributes.get("value", "")
        if tag == "button":
            form.buttons[name, value] = attributes.get("formaction", form.action)
        if not name or tag not in {"input", "select", "textarea"}:
            return
        form.fields.add(name)
        if tag == "input":
            kind = attributes.get("type", "text")
            if kind not in WITHOUT_A_VALUE or "checked" in attributes:
                form.values.append((name, value))

    def _read_option(self, select: _Select, attributes: dict[str, str]) -> None:
        value = attributes.get("value", "")
        if select.first is None:
            select.first = value
        if "selected" in attributes:
            select.chosen = value

    def handle_endtag(self, tag: str) -> None:
        form = self.form
        if tag == "form" and form:
            self.open_forms.pop()
        if tag == "textarea" and self._area and form:
            text = "".join(self._text).removeprefix("\n")
            form.values.append((self._area, text))
            self._area = None
        if tag == "select" and self._select and form:
            form.values.append((self._select.name, self._select.value))
            self._select = None
        if tag == "h1":
            self.headings.append("".join(self._text).strip())
        if tag in {"script", "style"} and self._unread:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if not self._unread:
            self.words.append(data)


@dataclass(frozen=True)
class ParsedPage:
    """What a page holds."""

    forms: list[Form]
    ids: list[str]
    headings: list[str]
    text: str

    def form(self, *, field: str = "", button: Button | None = None) -> Form:
        """The one form with this field, or with this button."""
        matches = [
            form
            for form in self.forms
            if (field in form.fields if field else button in form.buttons)
        ]
        wanted = field or button
        count = len(matches)
        assert count == 1, f"{count} forms with {wanted} in: {self.text[:600]}"
        return matches[0]


def parse_page(html: str, address: str = "") -> ParsedPage:
    reader = _Reader(address)
    reader.feed(html)
    text = " ".join("".join(reader.words).split())
    return ParsedPage(reader.forms, reader.ids, reader.headings, text)


CHANGING = re.compile(
    r'name="(?:_jeton|_cle)" value="[^"]*"'
    r'|data-jeton="[^"]*"'
    r'|data-idle-ends="[^"]*"'
    r'|data-ends="[^"]*"'
    r"|support\s*: [0-9a-f]{32}"
)


def steady(html: str, address: str) -> str:
    """A page without its own address, and without what every answer makes anew.

    That is tokens, keys, the reference number.
    """
    path = urlsplit(address).path
    for text in {address, path, escape(address), quote(path, safe="")} - {"/"}:
        html = html.replace(f'"{text}"', '"·"').replace(f"={text}", "=·")
    return CHANGING.sub("·", html.replace("\u00a0", " "))
