"""Cheap checks of templates and static files: what a strict policy would block, and words that nothing answers to."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CSS = (STATIC / "css" / "console.css").read_text()
SCRIPT = (STATIC / "js" / "console.js").read_text()
SPRITE = (STATIC / "img" / "icons.svg").read_text()
ERROR_PAGES = ["400", "403", "403_csrf", "404", "429", "500", "502", "503"]

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))


def written_classes(text: str) -> set[str]:
    """Class names written out in a template; a name with a variable in it is left to the browser tests."""
    plain = re.sub(r"{%.*?%}", " ", text)
    found: set[str] = set()
    for value in re.findall(r'\sclass="([^"]*)"', plain):
        found.update(re.sub(r"\S*{{.*?}}\S*", " ", value).split())
    return found


@each_template
def test_a_template_has_nothing_inline_that_the_policy_blocks(path: Path) -> None:
    text = path.read_text()
    assert not re.search(
        r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script\b(?![^>]*\ssrc=)", text, re.IGNORECASE
    )


@each_template
def test_every_class_of_a_template_is_known_to_the_style_sheet(path: Path) -> None:
    selectors = re.sub(r'url\("[^"]*"\)', "", CSS)
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))
    assert written_classes(path.read_text()) <= known


@each_template
def test_every_icon_of_a_template_is_drawn(path: Path) -> None:
    asked = set(re.findall(r'_icon\.html" with name="([\w-]+)"', path.read_text()))
    assert asked <= set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))


@each_template
def test_every_post_form_carries_its_token(path: Path) -> None:
    forms = re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(), re.DOTALL)
    assert all("{% csrf_token %}" in form for form in forms)


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_needs_no_context(name: str) -> None:
    page = get_template(f"errors/{name}.html").render({})
    assert page.count("<h1>") == 1
    assert "Private Access Console</title>" in page


def test_the_style_sheet_fetches_nothing_and_stays_small() -> None:
    assert "@import" not in CSS
    assert set(re.findall(r"url\(\W?(\w+):", CSS)) == {"data"}
    assert len(CSS.encode()) <= 42_000


def test_the_script_stays_short_and_writes_no_markup() -> None:
    assert len(SCRIPT.splitlines()) < 170
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b|new Function|document\.write", SCRIPT)
