"""Templates hold no code: the content security policy would stop it, and the house forbids it."""

import ast
import re

from tests.house.sources import ROOT, modules, named, project_files, tree

#: The one text that is let through as markup: help that we, and the packages we use, write ourselves.
REVIEWED = {"templates/components/_field.html": "{{ field.help_text|safe }}"}
#: Where markup is made outside of templates, read at review.
MARKED_SAFE = {
    "console/audit/widgets.py",  # the word "selected", from a constant
}

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style\b",
    "style attribute": r"\sstyle\s*=",
    "event attribute": r"\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "hx-vals with code": r"\bhx-vals\s*=\s*[\"']js:",
    "script address": r"javascript:",
    "something of another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
    "unescaped output": r"\|\s*(?:safe|safeseq)\b|\{%\s*autoescape\s+off",
}


def templates() -> list:
    return [path for path in project_files() if path.suffix == ".html" and "templates" in path.parts]


def test_templates_hold_no_code() -> None:
    found = []
    for path in templates():
        text = re.sub(r"\{#.*?#\}|\{% comment .*?endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = text.replace(REVIEWED.get(named(path), "\0"), "")
        found += [
            f"{named(path)}: {what}: {match.group(0).strip()[:60]}"
            for what, pattern in FORBIDDEN.items()
            for match in re.finditer(pattern, text, re.IGNORECASE)
        ]
    assert found == []


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", "") or getattr(call.func, "attr", ""))


def test_no_code_declares_text_safe() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if named(path) not in MARKED_SAFE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _called(node) in ("mark_safe", "SafeString", "SafeText")
    ]
    assert found == []


def test_rows_work_no_address_out() -> None:
    """`{% url %}` and `{% include %}` inside the row of a long table cost more than the row (reliability.md 5 f)."""
    slow = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        for loop in re.findall(r"\{% for \w+ in (?:table|page)\.rows.*?%\}(.*?)\{% endfor %\}", text, re.S):
            if re.search(r"\{%\s*(?:url|include)\b", loop):
                slow.append(named(path))
    assert slow == []


def test_every_post_form_carries_its_token() -> None:
    bare = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text, re.S | re.I):
            if "{% csrf_token %}" not in form:
                bare.append(named(path))
    assert bare == []


def test_templates_lie_with_their_feature() -> None:
    stray = [named(path) for path in templates() if not path.is_relative_to(ROOT / "templates")]
    assert stray == []
