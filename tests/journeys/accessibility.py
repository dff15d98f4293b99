"""What everybody must be able to use: axe's rules, sizes of what is pressed, nothing wider than the window."""

from typing import Any

#: WCAG 2.0 to 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What depends on colours; everything else is the same in light and dark.
CONTRAST = ["color-contrast"]

#: Targets under 24 x 24 px, unless in a line of text or with enough room around (WCAG 2.5.8).
_SMALL_TARGETS = """() => {
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
    const top = document.querySelector("dialog:modal") ?? document;  // nothing behind a dialog can be pressed
    const shown = [...top.querySelectorAll(wanted)].filter((e) => e.checkVisibility({ visibilityProperty: true })
        && !e.closest("[inert]") && !e.matches(".skip"));
    const boxes = shown.map((e) => ({ e, r: e.getBoundingClientRect() })).filter(({ r }) => r.width && r.height);
    const middle = (r) => [r.x + r.width / 2, r.y + r.height / 2];
    const distance = ([x, y], r) => Math.hypot(
        Math.max(r.x - x, 0, x - r.right), Math.max(r.y - y, 0, y - r.bottom));
    const inText = (e) => getComputedStyle(e).display === "inline"
        && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    return boxes.filter(({ e, r }) => (r.width < 23.9 || r.height < 23.9) && !inText(e)
        && boxes.some((other) => other.e !== e && !e.contains(other.e) && !other.e.contains(e)
            && distance(middle(r), other.r) < 12))
        .map(({ e, r }) => `${e.id || e.outerHTML.slice(0, 80)} ${Math.round(r.width)}x${Math.round(r.height)}`);
}"""
#: What makes the page scroll sideways; scroll boxes of their own are allowed to.
_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("main *, header *, footer *, dialog *")]
        .filter((e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".table-scroll"))
        .map((e) => e.id || e.outerHTML.slice(0, 80)).slice(0, 5)
        .concat(`page ${document.documentElement.scrollWidth}`);
}"""

_VIOLATIONS = "(options) => axe.run(options).then((found) => found.violations)"


def violations(page: Any, rules: list[str] | None = None) -> list[str]:
    """What axe finds, in a line each."""
    from axe_playwright_python.sync_playwright import Axe

    if not page.evaluate("'axe' in window"):  # of more than half a megabyte: once for each page
        page.evaluate(Axe().axe_script)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(_VIOLATIONS, {"resultTypes": ["violations"], "runOnly": only})
    return [
        f"{each['id']}: {node['target']} {node['failureSummary'][:300]}" for each in found for node in each["nodes"][:3]
    ]


def small_targets(page: Any) -> list[str]:
    """Targets that are too small and too close to others."""
    return list(page.evaluate(_SMALL_TARGETS))


def too_wide(page: Any) -> list[str]:
    """What makes the page scroll sideways."""
    return list(page.evaluate(_TOO_WIDE))
