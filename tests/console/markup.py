"""A page as a browser without script reads it: its text, its links, its forms and what they would send."""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """`kept` is what the form sends untouched; `buttons`, each by its name and value."""

    action: str
    method: str
    values: Pairs = field(default_factory=list)
    buttons: dict[tuple[str, str], str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)

    def filled(
        self,
        changes: dict[str, str | list[str] | None],
        button: tuple[str, str] | None = None,
    ) -> Pairs:
        """What is sent when these fields are changed, and that button pressed. None empties a field."""
        unknown = set(changes) - self.fields
        assert not unknown, f"no field {unknown} among {sorted(self.fields)}"
        assert button is None or button in self.buttons, (
            f"no button {button} among {sorted(self.buttons)}"
        )
        values = [pair for pair in self.values if pair[0] not in changes]
        for name, value in changes.items():
            values += [
                (name, v) for v in ([value] if isinstance(value, str) else value or [])
            ]
        return values + ([button] if button else [])


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.inside: list[Form] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.words: list[str] = []
        self._stack: list[str] = []
        self._area: str | None = None
        self._select: tuple[str, str | None, str | None] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: C901 one case a tag
        attributes = {k: v if v is not None else "" for k, v in attrs}
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "form":
            self.inside.append(
                Form(
                    attributes.get("action") or self.address,
                    attributes.get("method", "get").lower(),
                )
            )
            self.forms.append(self.inside[-1])
        form = self.inside[-1] if self.inside else None
        name = attributes.get("name", "")
        if form is not None and tag in {"input", "select", "textarea"} and name:
            form.fields.add(name)
        if form is not None and tag == "button":
            form.buttons[(name, attributes.get("value", ""))] = attributes.get(
                "formaction", form.action
            )
        if form is not None and tag == "input" and name:
            kind = attributes.get("type", "text")
            if kind not in {"checkbox", "radio", "file"} or "checked" in attributes:
                form.values.append((name, attributes.get("value", "")))
        if tag == "textarea":
            self._area, self._text = name, []
        if tag == "select":
            self._select = (name, None, None)
        if tag == "option" and self._select:
            field, first, chosen = self._select
            value = attributes.get("value", "")
            self._select = (
                field,
                value if first is None else first,
                value if "selected" in attributes else chosen,
            )
        if tag in {"h1", "title"}:
            self._text = []
        if tag in {"script", "style"}:
            self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.inside:
            self.inside.pop()
        if tag == "textarea" and self._area and self.inside:
            self.inside[-1].values.append(
                (self._area, "".join(self._text).removeprefix("\n"))
            )
            self._area = None
        if tag == "select" and self._select and self.inside:
            name, first, chosen = self._select
            self.inside[-1].values.append(
                (name, chosen if chosen is not None else first or "")
            )
            self._select = None
        if tag == "h1":
            self.headings.append("".join(self._text).strip())
        if tag in {"script", "style"} and self._stack:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if not self._stack:
            self.words.append(data)


@dataclass(frozen=True)
class ParsedPage:
    """What a page holds."""

    forms: list[Form]
    ids: list[str]
    headings: list[str]
    text: str

    def form(self, *, field: str = "", button: tuple[str, str] | None = None) -> Form:
        """The one form with this field, or with this button."""
        matches = [
            f
            for f in self.forms
            if (field in f.fields if field else button in f.buttons)
        ]
        assert len(matches) == 1, (
            f"{len(matches)} forms with {field or button} in: {self.text[:600]}"
        )
        return matches[0]


def parse_page(html: str, address: str = "") -> ParsedPage:
    reader = _Reader(address)
    reader.feed(html)
    return ParsedPage(
        reader.forms,
        reader.ids,
        reader.headings,
        " ".join("".join(reader.words).split()),
    )


CHANGING = re.compile(
    r'name="(?:_jeton|_cle)" value="[^"]*"|data-jeton="[^"]*"|data-idle-ends="[^"]*"|data-ends="[^"]*"'
    r"|support\s*: [0-9a-f]{32}"
)


def steady(html: str, address: str) -> str:
    """A page without its own address, and what every answer makes anew: tokens, keys, the reference number."""
    path = urlsplit(address).path
    for text in {address, path, escape(address), quote(path, safe="")} - {"/"}:
        html = html.replace(f'"{text}"', '"·"').replace(f"={text}", "=·")
    return CHANGING.sub("·", html.replace("\u00a0", " "))
