"""A page as a reader's machine sees it."""

from __future__ import annotations

from html.parser import HTMLParser


class Seen(HTMLParser):
    """What a page links to, which elements and attributes it has, and its text.

    Errors of nesting are kept, not mended. A script of data, which no browser runs, is a `data block` and no text.
    """

    _VOID = frozenset({"meta", "link", "img", "source", "path", "rect", "circle", "br", "input"})

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.errors: list[str] = []
        self._open: list[str] = []
        self._is_data = False
        self.feed(page.decode())
        self.close()
        self.errors += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_data = tag == "script" and ("type", "application/ld+json") in attrs
        self.tags.append("data block" if self._is_data else tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name in {"href", "src", "srcset"}:
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
        if tag not in self._VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        self._is_data = False
        if not self._open or self._open.pop() != tag:
            self.errors.append(f"</{tag}> closes another element")

    def handle_data(self, data: str) -> None:
        if not self._is_data:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())
