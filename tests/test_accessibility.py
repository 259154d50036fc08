"""What axe-core says of pages, and what the keyboard reaches; every page of the book: `test_reading.py`."""

import pytest


def test_axe_would_notice(visit):
    page = (
        "data:text/html;charset=utf-8,<!doctype html><html lang=ko><title>x</title><main><h1>x</h1>{}</main>"
    )
    pale = "<p style='color: silver; background: white'>거의 안 보이는 글</p>"
    assert not visit(page.format("")).violations()
    found = visit(
        f"data:text/html;charset=utf-8,{page.format(f'<img src=data:,><input>{pale}')}"
    ).violations()
    assert {each.partition(":")[0] for each in found} >= {"image-alt", "color-contrast", "label"}


def test_search_results_have_no_violation(visit, address):
    here = visit(f"{address}/search.html?q=우도", 390)
    here.page.wait_for_selector(".results a")
    assert not here.violations()
    here.page.click("#theme")
    here.resize(1280)
    assert not here.violations()


def focused(page):
    """Return what has the focus, by what a screen reader would say of it."""
    return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()")


def test_the_keyboard_reaches_the_text_first(visit, small):
    page = visit(f"{small.address}/part/cells.html").page
    page.keyboard.press("Tab")
    assert focused(page) == "본문으로 건너뛰기"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("name", ["contents", "on-this-page"])
def test_the_keyboard_opens_and_closes_the_menus_of_a_phone(visit, small, name):
    page = visit(f"{small.address}/part/cells.html", 390).page
    button, menu = page.locator(f"[popovertarget={name}]"), page.locator(f"#{name}")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert menu.locator(":focus").count() == 1, "the menu opens beside the keyboard's way"
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_the_keyboard_scrolls_a_long_formula(visit, small):
    page = visit(f"{small.address}/part/cells.html", 390).page
    formula = page.locator("article .katex-display[tabindex='0']").first
    formula.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_what_lies_on_a_colour_alone_is_seen_without(visit, small):
    page = visit(f"{small.address}/search.html", forced_colors="active").page
    assert (
        page.evaluate("getComputedStyle(document.querySelector('form.search button')).borderStyle") == "solid"
    )
    page.goto(f"{small.address}/part/cells.html")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#contents [aria-current]')).outlineStyle")
        == "solid"
    )


def test_the_bar_holds_text_of_twice_the_size(visit, small):
    here = visit(f"{small.address}/part/broken.html", 390)
    here.dress("html { font-size: 200% }")
    assert here.too_wide() == 0
    sizes = [icon.bounding_box() for icon in here.page.locator(".bar .icon").all() if icon.is_visible()]
    assert len(sizes) > 2 and all(size["width"] >= 44 and size["x"] + size["width"] <= 390 for size in sizes)
