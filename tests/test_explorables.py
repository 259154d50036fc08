"""The interactive figures: what they draw and say is what `nllutils` computes, wherever a slider stands."""

import functools
import gzip
import itertools
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import quickjs
from figures import CASES, line, negative_log

from nllutils import explorables
from nllutils.course import explorables as package
from nllutils.course.explorables import _FIGURES as FIGURES

FOLDER = Path(package.__file__).parent
WORDS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
MOST_BYTES = 3072

POWERS = {"confident-mistake"}  # their y axis shows the power of ten, not the exponent
each_figure = pytest.mark.parametrize(("language", "name"), list(itertools.product(WORDS, CASES)))


def plain(value):
    """A slider's value as JSON has it."""
    return int(value) if float(value).is_integer() else round(float(value), 6)


def states(name):
    """Tried: the defaults, the cases above, each slider alone and all at their ends, and three at random."""
    ranges, rng = FIGURES[name], np.random.default_rng(0)
    start = {key: allowed.value for key, allowed in ranges.items()}
    low = {key: allowed.low for key, allowed in ranges.items()}
    ends = {key: allowed.high for key, allowed in ranges.items() if isinstance(allowed.high, str)}
    high = {key: ranges[ends.get(key, key)].high for key in ranges}
    alone = [{key: value} for end in (low, high) for key, value in end.items()]
    steps = {key: np.arange(low[key], high[key] + 1e-9, allowed.step) for key, allowed in ranges.items()}
    anywhere = [{key: plain(rng.choice(steps[key])) for key in ranges} for _ in range(3)]
    tried = [start | state for state in [{}, *CASES[name][1], *alone, low, high, *anywhere]]
    # A slider that ends where another stands is pushed there by it.
    return [state | {key: min(state[key], state[end]) for key, end in ends.items()} for state in tried]


# --- The pictures in data units: `draw` and the actions are pure functions and need no browser -------------

CALL = """(path, args) => JSON.stringify(
  path.split(".").reduce((part, name) => part[name], figure)(...JSON.parse(args)),
  (key, value) => typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value,
)"""


@functools.cache
def script(name):
    context = quickjs.Context()
    context.eval(package._source("base.js") + package._source(f"{name}.js"))
    return context.eval(CALL)


def call(name, function, *args):
    """What a figure's JavaScript function returns; JSON has no infinity and no NaN."""
    returned = script(name)(function, json.dumps(args, default=float))
    return json.loads(
        returned,
        object_hook=lambda part: float(part["number"]) if len(part) == 1 and "number" in part else part,
    )


def same(found, expected):
    """Equal down to the last point: numbers to nine digits, those written as text to the digits they have."""
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, str):
        return found == expected
    if isinstance(found, str):
        return agree(found, expected)
    return bool(np.isclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True))


def compare(name, words, state):
    """Compare all that `draw` returns with the oracle; return it."""
    drawn = call(name, "draw", state, words["marks"])
    numbers, panels = CASES[name][0](words["marks"], **state)
    for key, expected in numbers.items():
        assert same(drawn["numbers"][key], expected), (state, key, drawn["numbers"][key], expected)
    for found, (along, up, marks) in zip(drawn["panels"], panels, strict=True):
        assert found.get("labels", ["", ""]) == [along, up]
        for one, wanted in zip(found["marks"], marks, strict=True):
            assert same(one, wanted), (state, one, wanted)
        for value, *label in [*found.get("xTicks", []), *found.get("yTicks", [])]:
            assert all(agree(text, 10.0**value if name in POWERS else value) for text in label), label
        for (low, high), values in zip((found["x"], found["y"]), coordinates(found), strict=True):
            assert low - (high - low) / 100 <= min(values) <= max(values) <= high + (high - low) / 100, state
    return drawn


def coordinates(panel):
    """All x and all y of a panel but those of texts, which may stand beside the plot."""
    points = [(kind, point) for kind, _, points in panel["marks"] if kind != "text" for point in points]
    corners = [point[i : i + 2] for kind, point in points for i in ((0, 2) if kind == "bars" else (0,))]
    ticks = [(panel["x"][0], tick[0]) for tick in panel.get("yTicks", [])]
    ticks += [(tick[0], panel["y"][0]) for tick in panel.get("xTicks", [])]
    return list(zip(*corners, *ticks, strict=True))


@each_figure
def test_what_is_drawn_is_what_nllutils_computes(language, name):
    words = WORDS[language][name]
    drawn = [compare(name, words, state) for state in states(name)]
    assert {each["sentence"] for each in drawn} == words["says"].keys()


def test_another_series_would_be_noticed():
    series = ["line", "first", [[0, 1.0], [1, 2.0]]]
    assert same(series, line("first", (0, 1.0), (1, np.float64(2) + 1e-12)))
    for wrong in ([(1, 2.0), (0, 1.0)], [(0, -1.0), (1, -2.0)], [(0, 1.0)], [(0, 1.0), (1, 2.001)]):
        assert not same(series, line("first", *wrong))
    assert not same(series, line("second", (0, 1.0), (1, 2.0)))


def test_a_step_is_gradient_descent():
    words, p = WORDS["ko"]["negative-log"], 0.2
    state = {"p": p, "share": 0.7, "rate": 0.05}
    for steps in range(1, 6):
        p -= 0.05 * negative_log(words["marks"], p, 0.7, 0.05)[0]["tilt"]
        state = call("negative-log", "actions.step", state)
        assert state["p"] == pytest.approx(p) and len(state["trail"]) == steps
        compare("negative-log", words, state)
    outside = {"p": 0.2, "share": 0.7, "rate": 1}
    assert call("negative-log", "actions.step", outside) == outside  # such a step is not taken


def test_the_area_of_the_bits_is_the_same_in_two_tokens_as_in_three():
    areas = []
    for cut in (0, 1):
        state = {"p0": 0.25, "p1": 0.5, "p2": 0.125, "cut": cut}
        (drawn,) = call("perplexity", "draw", state, WORDS["ko"]["perplexity"]["marks"])["panels"]
        bars = [corners for kind, _, points in drawn["marks"] if kind == "bars" for corners in points]
        areas.append(sum((right - left) * (high - low) for left, low, right, high in bars))
    assert areas[0] == pytest.approx(areas[1])


# --- In Python -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: explorables.show("softmax"), ValueError, "'softmax-nll'.*got 'softmax'"),
        (lambda: explorables.show("softmax-nll", language="xx"), ValueError, "language must be .*got 'xx'"),
        (lambda: explorables.show("softmax-nll", z3=1), TypeError, "no parameter 'z3'; it has z0, z1, z2"),
        (lambda: explorables.show("softmax-nll", z0="1"), TypeError, "z0 must be a number, got '1'"),
        (lambda: explorables.show("softmax-nll", z0=True), TypeError, "z0 must be a number, got True"),
        (lambda: explorables.show("softmax-nll", z0=9), ValueError, "between -6 and 8, got 9"),
        (lambda: explorables.show("softmax-nll", z0=10**400), ValueError, "between -6 and 8, got 1000"),
        (lambda: explorables.show("softmax-nll", z0=math.nan), ValueError, "between -6 and 8, got nan"),
        (lambda: explorables.show("softmax-nll", target=0.5), ValueError, "from 0 in steps of 1, got 0.5"),
        (lambda: explorables.show("binomial-likelihood", k=11), ValueError, "k must be between 0 and 10"),
        (lambda: explorables.show("binomial-likelihood", n=5, k=7), ValueError, "k must be between 0 and 5"),
    ],
)
def test_wrong_calls_say_what_is_wrong(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_a_line_of_text_stands_for_the_figure():
    shown = explorables.show("softmax-nll", z0=3.5)
    assert repr(shown) == "Explorable('softmax-nll', z0=3.5, z1=1, z2=0.1, target=0, gradient=0)"
    # What nobody gave goes as far as another parameter lets it, as the slider would.
    fewer = explorables.show("binomial-likelihood", n=5)
    assert repr(fewer) == "Explorable('binomial-likelihood', n=5, k=5, p=0.7)"


def test_every_figure_is_named_in_the_docstring():
    assert set(re.findall(r'"([a-z-]+)"', explorables.show.__doc__.partition("language")[0])) == set(FIGURES)


def test_the_html_is_the_same_in_another_process():
    code = (
        "from nllutils.course.explorables import show; print(show('temperature', t=2)._repr_html_(), end='')"
    )
    said = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, check=True).stdout
    assert said.decode() == explorables.show("temperature", t=2)._repr_html_()


def test_figures_differ_by_name_and_by_parameters():
    shown = [explorables.show(name)._repr_html_() for name in FIGURES]
    shown += [explorables.show("temperature", t=2)._repr_html_()]
    assert len({re.search('data-explorable="(.*?)"', text)[1] for text in shown}) == len(FIGURES) + 1


@pytest.mark.parametrize("name", CASES)
def test_a_figure_is_small(name):
    script = re.search("(?s)<script.*?>(.*)explore\\(figure", explorables.show(name)._repr_html_())[1]
    assert len(gzip.compress(script.encode())) <= MOST_BYTES


@pytest.mark.parametrize("language", WORDS)
def test_languages_have_the_same_words(language):
    def shape(words):
        if isinstance(words, dict):
            return {key: shape(word) for key, word in words.items()}
        return [shape(word) for word in words] if isinstance(words, list) else None

    words = WORDS[language]
    assert shape(words) == shape(WORDS["ko"])
    assert words.keys() - {"every figure"} == FIGURES.keys() == CASES.keys()
    assert words["every figure"].keys() == {"without script", "reset"}


# --- In the browser --------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
  @font-face { font-family: own; src: url(FONT); }
  body { margin: auto; max-width: 45rem; padding: 0 18px; font-family: own; }
</style><body>""".replace("FONT", (FOLDER.parent / "fonts" / "NLLSansKR-Regular.otf").as_uri())
# A paragraph below, and where it stands before the figures' own script runs.
BELOW = '<p id="below">-</p><script>document.body.dataset.top = below.offsetTop</script>'


@pytest.fixture
def opened(tmp_path, visit):
    """A function that opens figures as a page on disk."""

    def opened(*figures, **screen):
        path = tmp_path / "page.html"
        path.write_text(PAGE + "".join(figure._repr_html_() for figure in figures) + BELOW, "utf-8")
        return visit(path.as_uri(), **screen)

    return opened


# How notebooks show the HTML of an output: scripts that come by innerHTML do not run, so they make new ones.
JUPYTERLAB = "host.innerHTML = html; revive(); document.body.replaceChildren(host);"
VS_CODE = (
    "document.body.replaceChildren(host); host.innerHTML = html; revive().forEach(script => script.remove());"
)
INSERT = """async html => {
  const host = document.createElement("div");
  const revive = () => [...host.querySelectorAll("script")].map(old => {
    const script = document.createElement("script");
    script.type = old.type;
    script.textContent = old.textContent;
    old.replaceWith(script);
    return script;
  });
  HOW
  const frame = () => new Promise(done => requestAnimationFrame(done));
  while (!host.querySelector("[data-live]")) await frame();
  await frame(); // drawn at its real width
  await frame();
}"""


def insert(page, figure, how=JUPYTERLAB):
    """Show a figure, in place of what the page has, as a notebook does."""
    page.evaluate(INSERT.replace("HOW", how), figure._repr_html_())


READ = """() => {
  const root = document.querySelector(".explorable"), all = query => [...root.querySelectorAll(query)];
  const edges = ({ left, top, right, bottom }) => [left, top, right, bottom];
  const middle = ({ left, top, right, bottom }) => [(left + right) / 2, (top + bottom) / 2];
  const place = element => element.getBoundingClientRect();
  const screen = element => [...element.points].map(point => {
    const { x, y } = point.matrixTransform(element.getScreenCTM());
    return [x, y];
  });
  return {
    state: Object.fromEntries(all("[name]").map(input => [input.name, Number(input.value)])),
    numbers: Object.fromEntries(all("dl div").map(({ children: [dt, dd] }) => [dt.innerText, dd.innerText])),
    words: [root.textContent, ...[root, ...all("[aria-label]")].map(element => element.ariaLabel)].join(" "),
    line: all("svg polyline").map(line => [line.getAttribute("class"), screen(line)]),
    bars: all("svg polygon").map(bar => [bar.getAttribute("class"), screen(bar)]),
    dots: all("svg circle").map(dot => [dot.getAttribute("class"), [middle(place(dot))]]),
    text: all("svg text:not(:empty)").map(text => [text.textContent, edges(place(text))]),
    jump: window.below ? below.offsetTop - document.body.dataset.top : 0,
  };
}"""
# What no reader may meet. A minus before zeros only is one: −0.0000.
DEBRIS = re.compile(r"NaN|Infinity|undefined|[{}]|[-−]0\.0+(?!\d)")


def agree(text, expected):
    """Does a number as it is shown round from the expected one?"""
    if math.isnan(expected) or math.isinf(expected):
        return text == {math.inf: "∞", -math.inf: "−∞"}.get(expected, "—")
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    if float(mantissa) == 0:  # which only 0 itself is shown as
        return expected == 0
    half_a_unit = 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(f"{mantissa}e{exponent or 0}") - expected) <= half_a_unit * (1 + 1e-6)


@pytest.mark.parametrize(
    ("text", "number", "right"),
    [
        ("0.4170", 0.41703, True),
        ("0.4171", 0.41703, False),
        ("2.66e−5", 2.656e-5, True),
        ("0.0000", 2.656e-5, False),
        ("0.0000", 0.0, True),
        ("2.67e−5", 2.656e-5, False),
        ("∞", math.inf, True),
        ("—", math.inf, False),
    ],
)
def test_agreement_is_judged_by_the_digits_shown(text, number, right):
    assert agree(text, number) == right


def pixels_match(seen, panels):
    """Raise if a mark does not stand where its data say: x to the right, y up, texts beside their points."""
    left = {kind: iter(seen[kind]) for kind in ("line", "bars", "dots")}
    for panel in panels:
        low, _ = zip(panel["x"], panel["y"], strict=True)
        texts = [("left", (low[0], value, label)) for value, label in ticks(panel, "yTicks")]
        texts += [("tick", (value, low[1], label)) for value, label in ticks(panel, "xTicks")]
        grid = [("line", "grid", [(x, value) for x in panel["x"]]) for value, _ in ticks(panel, "yTicks")]
        data, pixels = [], []
        for kind, role, points in [*grid, *panel["marks"]]:
            if kind == "text":
                texts += [(role, point) for point in points]
                continue
            for drawn in [points] if kind == "line" else points:
                found, place = next(left[kind], (None, None))
                assert found == role
                # Of a bar, two opposite corners are given; of a dot, the middle.
                data += {"line": drawn, "bars": [drawn[:2], drawn[2:]], "dots": [drawn[:2]]}[kind]
                pixels += place[::2] if kind == "bars" else place
        (x_scale, x_zero), (y_scale, y_zero) = (
            np.polyfit(*np.array([data, pixels])[..., axis], 1) for axis in (0, 1)
        )
        assert x_scale > 0 > y_scale
        assert np.abs(np.array(data) * [x_scale, y_scale] + [x_zero, y_zero] - pixels).max() < 0.5
        for role, (x, y, words) in texts:
            point = x * x_scale + x_zero, y * y_scale + y_zero
            assert any(words == other and beside(role, point, place) for other, place in seen["text"]), words
    assert not any(list(rest) for rest in left.values())


def ticks(panel, axis):
    """The values of the ticks with their labels, which are the values where `draw` gives none."""
    return [(value, *(label or [f"{value:g}".replace("-", "−")])) for value, *label in panel.get(axis, [])]


def beside(role, point, place):
    """Does a text stand on its side of its point, close to it?"""
    (x, y), (left, top, right, bottom) = point, place
    level, middle = top < y < bottom, abs(left + right - 2 * x) < 2
    return {
        "left": x - 12 < right < x - 2 and level,
        "right": x + 2 < left < x + 12 and level,
        "center": middle and level,
        "above": middle and y - 12 < bottom < y,
        "tick": middle and y < top < y + 12,
        "over": x - 12 < right < x and y - 12 < bottom < y,
        "under": x - 12 < right < x and y < top < y + 12,
    }[role]


def check(page, name, language="ko"):
    """Compare all that the page shows of a figure with what `draw` returns for its state; return it."""
    words, seen = WORDS[language][name], page.evaluate(READ)
    drawn = call(name, "draw", seen["state"], words["marks"])
    for key, label in words["numbers"].items():
        number, written = drawn["numbers"][key], seen["numbers"][label]
        right = number == written if isinstance(number, str) else agree(written, number)
        assert right, (seen["state"], key, written, number)
    pixels_match(seen, drawn["panels"])
    assert not DEBRIS.search(seen["words"]), seen
    assert seen["jump"] == 0, seen["state"]
    return seen


@each_figure
def test_a_reader_at_the_keyboard(opened, language, name):
    """From a page on disk: all controls in order, each to both ends, and back to the start."""
    here = opened(explorables.show(name, language=language))
    page, before = here.page, check(here.page, name, language)["state"]
    assert before.keys() == FIGURES[name].keys()
    for key in [*before, *WORDS[language][name].get("actions", {}), "reset"]:
        page.keyboard.press("Tab")
        where, outline, own_keys = page.evaluate(FOCUS)
        assert where == key and outline != "none" and own_keys
        for press in ["ArrowUp", "Home", "End"] if key in before else []:
            page.keyboard.press(press)
            after, (_, low, high, _) = check(page, name, language)["state"], FIGURES[name][key]
            assert press == "ArrowUp" or after[key] == (low if press == "Home" else after.get(high, high))
    page.keyboard.press("Enter")
    assert check(page, name, language)["state"] == before
    assert not here.troubles
    assert [url for url in here.asked if not url.endswith(".otf")] == [
        here.url
    ]  # but for the page's own font


# Where the attribute stands JupyterLab keeps to the cell when a reader presses an arrow.
FOCUS = """() => {
  const focused = document.activeElement, { name, value } = focused;
  const outline = getComputedStyle(focused).outlineStyle;
  return [name || value, outline, !!focused.closest("[data-lm-suppress-shortcuts]")];
}"""
MOVE = """state => {
  document.querySelector(".explorable button[value=reset]").click();
  for (const [name, value] of Object.entries(state)) {
    const input = document.querySelector(`.explorable [name="${name}"]`);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""


@each_figure
def test_every_state_fits_a_phone_and_every_word_has_its_use(opened, language, name):
    here, read = opened(explorables.show(name, language=language), width=360), []
    for state in states(name):
        here.page.evaluate(MOVE, state)
        seen = check(here.page, name, language)
        assert seen["state"] == state
        assert misfits(here) == [], state
        read.append(seen["words"])
    assert not here.troubles
    assert not [text for text in texts(WORDS[language][name]) if not any(text in words for words in read)]


def misfits(here):
    """Return what is wider than the screen, cut off, or too small for a finger or an eye."""
    return here.page.evaluate(MISFITS) + [here.too_wide()] * bool(here.too_wide())


MISFITS = """() => {
  const faults = [], svg = document.querySelector(".explorable svg"), frame = svg.getBoundingClientRect();
  for (const element of document.querySelectorAll(".explorable :is(input, select, button)"))
    if (element.getBoundingClientRect().height < 24) faults.push(element.outerHTML);
  for (const text of svg.querySelectorAll("text:not(:empty)")) {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    if (parseFloat(getComputedStyle(text).fontSize) < 11) faults.push(`small: ${text.textContent}`);
    if (left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1)
      faults.push(`cut: ${text.textContent}`);
  }
  return faults;
}"""


def texts(words):
    """All pieces of text in a table of words, cut at the numbers that stand in them."""
    if isinstance(words, str):
        return [piece for piece in re.split(r"\{\w+\}", words) if piece.strip()]
    return [piece for word in (words.values() if isinstance(words, dict) else words) for piece in texts(word)]


def test_a_step_leaves_its_trail_until_a_slider_is_moved(opened):
    page = opened(explorables.show("negative-log", p=0.2, share=0.7, rate=0.05)).page
    for steps in range(1, 4):
        page.get_by_role("button", name=WORDS["ko"]["negative-log"]["actions"]["step"]).click()
        seen = page.evaluate(READ)
        assert seen["numbers"][WORDS["ko"]["negative-log"]["numbers"]["steps"]] == str(steps)
        assert [role for role, _ in seen["dots"]] == ["empty"] * steps + ["second"]
        assert not DEBRIS.search(seen["words"])
    page.locator("[name=p]").press("Home")
    assert "empty" not in dict(check(page, "negative-log")["dots"])  # a new descent


def test_figures_on_one_page_do_not_disturb_each_other(opened):
    twice, other = explorables.show("softmax-nll"), explorables.show("softmax-nll", z1=3)
    page = opened(twice, twice, other, explorables.show("temperature")).page
    figures = page.locator(".explorable[data-live]")
    assert figures.count() == 4
    before = figures.all_inner_texts()
    figures.nth(1).locator("[name=z0]").press("End")
    after = figures.all_inner_texts()
    assert [a == b for a, b in zip(after, before, strict=True)] == [True, False, True, True]
    assert before[0] == before[1] != before[2]
    insert(page, twice, JUPYTERLAB.replace("replaceChildren", "append"))
    assert figures.all_inner_texts() == [*after, before[0]]


@pytest.mark.parametrize("how", [JUPYTERLAB, VS_CODE], ids=["JupyterLab", "VS Code"])
def test_a_notebook_that_inserts_the_html_runs_it(opened, how):
    here, state = opened(), {"z0": 3.5, "z1": -1, "z2": 0.1, "target": 2, "gradient": 1}
    insert(here.page, explorables.show("softmax-nll", **state), how)
    assert check(here.page, "softmax-nll")["state"] == state
    assert not here.troubles


def test_without_javascript_a_sentence_stands_there(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE + explorables.show("softmax-nll")._repr_html_(), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    text, height = page.locator("body").inner_text(), page.locator(".explorable").bounding_box()["height"]
    context.close()
    words = WORDS["ko"]
    assert text.split("\n\n") == [words["softmax-nll"]["title"], words["every figure"]["without script"]]
    assert height < 200


@pytest.mark.parametrize(
    "fault",
    [
        "dd.innerText = '0.4171'",
        "dd.innerText = 'NaN'",
        "dd.innerText = '−0.0000'",
        "says.innerText = '{nll}'",
        "svg.style.transform = 'scaleY(-1)'",  # upside down
        "svg.style.transform = 'scaleX(-1)'",
        "svg.querySelector('.first').setAttribute('points', '0,0 9,0 9,9 0,9')",
        "svg.querySelector('.second').remove()",
        "svg.querySelectorAll('text.right').forEach(text => text.classList.remove('right'))",
        "root.style.paddingBottom = '4rem'",
    ],
)
def test_what_is_wrong_on_the_page_would_be_noticed(opened, fault):
    page = opened(explorables.show("softmax-nll", gradient=1)).page
    check(page, "softmax-nll")
    page.evaluate(
        "() => { const root = document.querySelector('.explorable'),"
        f" [svg, dd, says] = ['svg', 'dd', '.says'].map((part) => root.querySelector(part)); {fault} }}"
    )
    with pytest.raises((AssertionError, ValueError)):
        check(page, "softmax-nll")


def test_what_does_not_fit_would_be_noticed(opened):
    here = opened(explorables.show("softmax-nll"))
    assert misfits(here) == []
    here.page.add_style_tag(
        content="text { font-size: 9px !important } button { height: 20px; min-height: 0 !important }"
    )
    here.page.evaluate("document.querySelector('svg text.left').setAttribute('x', -20)")
    found = " ".join(map(str, misfits(here)))
    assert all(fault in found for fault in ["small: ", "cut: ", "<button"])
