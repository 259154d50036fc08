"""Every page with axe-core, light and dark, narrow and wide, and what the keyboard reaches."""

import os
from importlib.resources import files

import pytest

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async rules => {
  const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}"""
# Folded parts are judged, too. A formula is many elements, hidden from screen readers or MathML, and all
# alike: its text stands in for them (that wide ones can be scrolled is for `tests/test_site.py`).
PREPARE = """() => {
  document.querySelectorAll("details").forEach(each => { each.open = true });
  document.querySelectorAll("article .katex").forEach(each => { each.textContent = each.textContent });
}"""
SCREENS = [(390, "light"), (1280, "dark"), (390, "dark"), (1280, "light")]


def violations(page):
    """Return what axe objects to on an open page, each as its rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN, RULES)


def violations_on(screens, page):
    """Return the same for each of `screens`."""
    page.evaluate(PREPARE)
    found = []
    for width, scheme in screens:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("scheme => { document.documentElement.dataset.theme = scheme }", scheme)
        found += [f"{width} {scheme} {each}" for each in violations(page)]
    return found


def screens_in_turn(count):
    """Yield the screens to show each page on: all where time does not matter (`CI`), else one in turn."""
    for i in range(count):
        yield SCREENS if os.environ.get("CI") else [SCREENS[i % len(SCREENS)]]


def test_axe_would_notice(visit):
    page = "<!doctype html><html lang=ko><title>x</title><main><h1>x</h1>{}</main>"
    pale = "<p style='color: silver; background: white'>거의 안 보이는 글</p>"
    assert not violations(visit(f"data:text/html;charset=utf-8,{page.format('')}").page)
    for rule, fault in [("image-alt", "<img src='data:,'>"), ("color-contrast", pale), ("label", "<input>")]:
        found = violations(visit(f"data:text/html;charset=utf-8,{page.format(fault)}").page)
        assert any(each.startswith(rule) for each in found), rule


def test_no_page_has_a_violation(visit, address, site):
    pages = sorted(path.relative_to(site) for path in [*site.glob("*.html"), *site.glob("chapters/*.html")])
    found = {}
    for page, screens in zip(pages, screens_in_turn(len(pages)), strict=True):
        here = visit(f"{address}/{page}")
        found[str(page)] = violations_on(screens, here.page)
        here.page.close()
    assert len(found) > 15
    assert not {page: faults for page, faults in found.items() if faults}


def test_search_results_have_no_violation(visit, address):
    page = visit(f"{address}/search.html?q=우도").page
    page.wait_for_selector(".results a")
    assert not violations_on(SCREENS, page)


def focused(page):
    """Return what has the focus, by what a screen reader would say of it."""
    return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()")


def test_the_keyboard_reaches_the_text_first(visit, address):
    page = visit(f"{address}/chapters/01-likelihood.html").page
    page.keyboard.press("Tab")
    assert focused(page) == "본문으로 건너뛰기"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("name", ["contents", "on-this-page"])
def test_the_keyboard_opens_and_closes_the_menus_of_a_phone(visit, address, name):
    page = visit(f"{address}/chapters/01-likelihood.html", 390).page
    button, menu = page.locator(f"[popovertarget={name}]"), page.locator(f"#{name}")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert menu.locator(":focus").count() == 1, "the menu opens beside the keyboard's way"
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_the_keyboard_scrolls_a_long_formula(visit, address):
    page = visit(f"{address}/chapters/06-log-softmax.html", 390).page
    formula = page.locator("article .katex-display[tabindex='0']").first
    formula.scroll_into_view_if_needed()
    formula.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
