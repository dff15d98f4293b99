"""A browser without scripts: reads pages by heading, table and button, follows links and sends forms."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.test import Client


@dataclass
class Form:
    """A form as it stands on the page, with what the person typed."""

    action: str
    method: str
    fields: dict[str, list[str]]
    buttons: list[str]
    #: Name and value that the pressed button adds, if it has a name.
    pressed: dict[str, list[str]]


@dataclass
class Page:
    """One answer."""

    url: str
    status: int
    html: str
    headers: dict[str, str]

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page to search in; read when somebody first looks, which takes longer than making the page."""
        return BeautifulSoup(self.html, "html.parser")

    @property
    def heading(self) -> str:
        return words(self.soup.find("h1"))

    @property
    def text(self) -> str:
        """What can be read on the page, blanks folded."""
        return words(self.soup)

    @property
    def messages(self) -> str:
        return words(self.soup.find(id="messages"))

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a table by its caption or label; each row by column head."""
        heads, rows = self._table(name)
        return [dict(zip(heads, [words(cell) for cell in row.find_all(["td", "th"])], strict=False)) for row in rows]

    def row(self, name: str, having: str) -> Tag:
        """The one row of a table that holds a text."""
        found = [row for row in self._table(name)[1] if having in row.get_text()]
        assert len(found) == 1, f"{len(found)} rows of {name} hold {having}"
        return found[0]

    def _table(self, name: str) -> tuple[list[str], list[Tag]]:
        for table in self.soup.find_all("table"):
            if self._name(table) == name:
                body = table.find("tbody") or table
                return [words(th) for th in table.select("thead th")], body.find_all("tr")
        raise AssertionError(f"no table {name!r} on {self.url}: {self.text[:500]}")

    def _name(self, table: Tag) -> str:
        if table.get("aria-label"):
            return str(table["aria-label"])
        if table.get("aria-labelledby"):
            return words(self.soup.find(id=str(table["aria-labelledby"])))
        return words(table.find("caption"))

    def form(self, button: str) -> Form:
        """The form that has a submit button of that name."""
        for tag in self.soup.find_all("form"):
            submits = [b for b in tag.find_all("button") if b.get("type", "submit") == "submit"]
            names = [words(b) for b in submits]
            if button in names:
                pressed = submits[names.index(button)]
                return Form(
                    urljoin(self.url, str(tag.get("action") or self.url)),
                    str(tag.get("method", "get")).lower(),
                    _fields(tag),
                    names,
                    {str(pressed["name"]): [str(pressed.get("value", ""))]} if pressed.get("name") else {},
                )
        raise AssertionError(f"no button {button!r} on {self.url}: {self.text[:500]}")

    def has_button(self, button: str) -> bool:
        return any(words(tag) == button for tag in self.soup.find_all("button"))

    def link(self, text: str, within: Tag | None = None) -> str:
        """Where the link of that text leads."""
        for tag in (within or self.soup).find_all("a"):
            if words(tag) == text:
                return urljoin(self.url, str(tag["href"]))
        raise AssertionError(f"no link {text!r} on {self.url}")


def words(tag: Any) -> str:
    """The text of an element, blanks folded."""
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""


def _fields(form: Tag) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for tag in form.find_all(["input", "textarea", "select"]):
        name = tag.get("name")
        if not name or tag.get("type") in ("submit", "button"):
            continue
        if tag.get("type") in ("checkbox", "radio") and not tag.has_attr("checked"):
            continue
        if tag.name == "select":
            chosen = tag.find_all("option", selected=True) or (
                [] if tag.has_attr("multiple") else tag.find_all("option", limit=1)
            )
            values.setdefault(str(name), []).extend(str(option.get("value", "")) for option in chosen)
        elif tag.name == "textarea":
            values.setdefault(str(name), []).append(tag.get_text().removeprefix("\n"))  # as browsers do
        else:
            values.setdefault(str(name), []).append(
                str(tag.get("value", "on" if tag.get("type") == "checkbox" else ""))
            )
    return values


class Browser:
    """Keeps cookies and follows redirects, as a browser with scripts switched off does. CSRF tokens are checked."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)

    def open(self, url: str, **headers: str) -> Page:
        return self._page(self.client.get(_path(url), headers=headers or None, follow=True), url)

    def click(self, page: Page, text: str, within: Tag | None = None) -> Page:
        return self.open(page.link(text, within))

    def submit(self, page: Page, button: str, **typed: str | list[str]) -> Page:
        """Fill in the form that has this button and press it."""
        form = page.form(button)
        values: dict[str, Any] = {
            **form.fields,
            **form.pressed,
            **{k: v if isinstance(v, list) else [v] for k, v in typed.items()},
        }
        if form.method == "get":  # as browsers do, in place of any query that the address had
            return self.open(f"{form.action.partition('?')[0]}?{urlencode(values, doseq=True)}")
        headers = {"Referer": urljoin("http://testserver", page.url)}
        return self._page(self.client.post(_path(form.action), values, headers=headers, follow=True), form.action)

    def sign_in(self, name: str, password: str) -> Page:
        return self.submit(self.open("/sign-in/"), "Sign in", login=name, password=password)

    def _page(self, response: Any, url: str) -> Page:
        chain = getattr(response, "redirect_chain", [])
        html = response.content.decode() if not response.streaming else ""
        return Page(chain[-1][0] if chain else url, response.status_code, html, dict(response.headers))


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
