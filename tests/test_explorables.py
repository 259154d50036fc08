"""The interactive figures: what they show is what `nllutils` computes, wherever a slider stands."""

import gzip
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nllutils
from nllutils import explorables
from nllutils.course.explorables import _FIGURES as FIGURES

FOLDER = Path(explorables.__file__).parent
WORDS = json.loads((FOLDER / "ko.json").read_text("utf-8"))
MOST_BYTES = 3072

# --- What each figure must show, computed without its JavaScript -----------------------------------------


def binomial_likelihood(n, k, p):
    def likelihood(p):
        return float(np.exp(nllutils.binomial_logpmf(k, n, p)))

    most, grid = likelihood(k / n), np.linspace(0, 1, 20001)
    area = np.trapezoid(np.exp(nllutils.binomial_logpmf(k, n, grid)), grid)
    return {
        "here": likelihood(p),
        "peak": k / n,
        "most": most,
        "ratio": likelihood(p) / most,
        "area": float(area),
    }


def product_and_log_sum(p, n):
    looped = np.float32(1)
    for _ in range(n):
        looped *= np.float32(p)
    log = float(nllutils.bernoulli_logpmf(np.ones(n), p).sum())
    return {"double": p**n, "single": float(np.float32(p**n)), "looped": float(looped), "log": log}


def negative_log(p, share, rate):
    seen = [(share, p), (1 - share, 1 - p)]  # outcomes that never happen cost nothing
    here = -sum(part * float(nllutils.bernoulli_logpmf(1, q)) for part, q in seen if part)
    if math.isinf(here):
        tilt = -math.inf if p == 0 else math.inf
        return {"here": here, "tilt": tilt, "to": math.nan, "steps": 0}
    tilt = (1 - share and (1 - share) / (1 - p)) - (share and share / p)
    return {"here": here, "tilt": tilt, "to": p - rate * tilt, "steps": 0}


def softmax_nll(z0, z1, z2, target):
    z = np.array([z0, z1, z2])
    return {
        "nll": nllutils.nll_loss(nllutils.log_softmax(z), target),
        "probability": nllutils.softmax(z)[target],
        "baseline": math.log(3),
        "push": nllutils.cross_entropy_grad(z, target)[target],
    }


def nll_loss_input(input, y0, y1, scale):
    z, target = scale * np.array([[2.0, 1.0, 0.1], [0.1, 2.0, 1.0]]), np.array([y0, y1])
    given = [nllutils.log_softmax(z), nllutils.softmax(z), z][input]
    row0, row1 = -given[[0, 1], target]  # nllutils.nll_loss would warn of two of the three
    (total,) = set(np.exp(given).sum(axis=1).round(9))
    return {
        "row0": row0,
        "row1": row1,
        "shown": (row0 + row1) / 2,
        "honest": nllutils.cross_entropy(z, target),
        "total": total,
    }


def memorising(gap, right):
    z = np.tile(gap * np.array([2, -1, -1]) / 3, (12, 1))
    fresh = np.repeat([0, 1, 2], [right, (12 - right) // 2, (13 - right) // 2])
    return {
        "seen": nllutils.cross_entropy(z, np.zeros(12, int)),
        "fresh": nllutils.cross_entropy(z, fresh),
        "baseline": math.log(3),
        "confidence": nllutils.softmax(z)[0, 0],
        "share": np.mean(fresh == 0),
    }


def class_weights(w2, n0, n1, n2):
    target = np.repeat([0, 1, 2], [n0, n1, n2])
    weight = np.array([1.0, 5.0, w2])
    divisor = weight[target].sum()
    log_probs = np.tile([-0.1, -0.5, -2.0], (len(target), 1))
    total = nllutils.nll_loss(log_probs, target, weight, reduction="sum") if len(target) else 0
    return {
        "total": total,
        "weight": divisor,
        "mean": nllutils.nll_loss(log_probs, target, weight) if divisor else math.nan,
        "perPatient": total / len(target) if len(target) else math.nan,
    }


def exact_zero(difference):
    return 0 if abs(difference) < 1e-12 else difference


def cross_entropy_kl(q0, q1, q2):
    p, q = np.array([0.5, 0.3, 0.2]), np.array([q0, q1, q2]) / max(q0 + q1 + q2, 1)
    entropy = nllutils.cross_entropy(np.log(p), p)
    cross = nllutils.cross_entropy(np.log(q), p) if q.all() else math.inf if q.any() else math.nan
    return {"cross": cross, "entropy": entropy, "kl": exact_zero(cross - entropy)}


def micro_batches(n0, mean0, n1, mean1):
    corpus = nllutils.NLLAccumulator()
    for count, mean in [(n0, mean0), (n1, mean1)]:
        corpus.add(total=count * mean, count=count)
    naive = np.mean([mean0, mean1])
    return {"naive": naive, "exact": corpus.mean, "gap": exact_zero(naive - corpus.mean), "loud": n1 / n0}


def confident_mistake(gap):
    z, target = np.array([-gap, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
    p = nllutils.softmax(z)
    jacobian = np.diag(p) - np.outer(p, p)
    return {
        "ce": nllutils.cross_entropy(z, 0),
        "mse": np.mean((p - target) ** 2),
        "cePush": np.linalg.norm(nllutils.cross_entropy_grad(z, 0)),
        "msePush": np.linalg.norm(jacobian @ (2 / 3 * (p - target))),
        "probability": p[0],
    }


def temperature(t, right0, right1):
    z = np.log(np.repeat([[0.95, 0.05], [0.6, 0.4]], [4, 6], axis=0))
    target = np.repeat([0, 1, 0, 1], [right0, 4 - right0, right1, 6 - right1])

    def nll(t):
        return nllutils.nll_loss(nllutils.log_softmax(z / t), target)

    probs = nllutils.softmax(z / t)
    return {
        "nll": nll(t),
        "ece": nllutils.ece(probs, target, 10),
        "confidence": probs.max(axis=1).mean(),
        "accuracy": (target == 0).mean(),
        "best": min(np.arange(0.25, 5.01, 0.05), key=nll),
    }


def perplexity(p0, p1, p2, cut):
    probs = np.array([p0 * p1, p2] if cut else [p0, p1, p2])
    if not probs.all():
        return {"probability": 0} | dict.fromkeys(["total", "mean", "perplexity", "perByte"], math.inf)
    text = nllutils.NLLAccumulator().add(-np.log(probs).sum(), len(probs), n_bytes=len("국민은".encode()))
    return {
        "probability": p0 * p1 * p2,
        "total": text.total,
        "mean": text.mean,
        "perplexity": text.perplexity,
        "perByte": text.bits(per="byte"),
    }


# For each figure its oracle, and states that, with the ends of every slider, lead through every sentence.
CASES = {
    "binomial-likelihood": (binomial_likelihood, [{"p": 0.5}]),
    "product-and-log-sum": (product_and_log_sum, [{"n": 987}, {"n": 7073}]),
    "negative-log": (negative_log, [{"p": 0.5, "share": 0.5}, {"rate": 1}, {"p": 0}]),
    "softmax-nll": (softmax_nll, [{"target": 2}]),
    "nll-loss-input": (nll_loss_input, [{"input": 1}, {"input": 2, "scale": 10}]),
    "memorising": (memorising, [{"right": 11}, {"right": 11, "gap": 4}]),
    "class-weights": (class_weights, [{"n0": 0, "w2": 0}]),
    "cross-entropy-kl": (cross_entropy_kl, [{"q0": 5, "q1": 3, "q2": 2}]),
    "micro-batches": (micro_batches, [{"n1": 10}]),
    "confident-mistake": (confident_mistake, [{"gap": 0}]),
    "temperature": (temperature, [{"t": 3.4}, {"t": 5}]),
    "perplexity": (perplexity, [{"cut": 1}]),
}
each_figure = pytest.mark.parametrize("name", CASES)


def states(name):
    """Parameters to try: the defaults, the cases above, and every slider alone and all at their ends."""
    ranges = FIGURES[name]
    low = {key: allowed.low for key, allowed in ranges.items()}
    high = {key: allowed.high for key, allowed in ranges.items() if not isinstance(allowed.high, str)}
    high |= {key: high[allowed.high] for key, allowed in ranges.items() if isinstance(allowed.high, str)}
    alone = [{key: value} for end in (low, high) for key, value in end.items()]
    return [{}, *CASES[name][1], *[state for state in alone if fits(name, state)], low, high]


def fits(name, state):
    try:
        return explorables.show(name, **state)
    except ValueError:
        return False


# --- In Python -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: explorables.show("softmax"), ValueError, "'softmax-nll'.*got 'softmax'"),
        (lambda: explorables.show("softmax-nll", language="xx"), ValueError, "language must be .*'ko'"),
        (lambda: explorables.show("softmax-nll", z3=1), TypeError, "no parameter 'z3'; it has z0, z1, z2"),
        (lambda: explorables.show("softmax-nll", z0="1"), TypeError, "z0 must be a number, got '1'"),
        (lambda: explorables.show("softmax-nll", z0=True), TypeError, "z0 must be a number, got True"),
        (lambda: explorables.show("softmax-nll", z0=9), ValueError, "between -6 and 8, got 9"),
        (lambda: explorables.show("softmax-nll", z0=math.nan), ValueError, "between -6 and 8, got nan"),
        (lambda: explorables.show("softmax-nll", target=0.5), ValueError, "from 0 in steps of 1, got 0.5"),
        (lambda: explorables.show("binomial-likelihood", k=11), ValueError, "k must be between 0 and 10"),
        (lambda: explorables.show("binomial-likelihood", n=5), ValueError, "k must be between 0 and 5"),
    ],
)
def test_wrong_calls_say_what_is_wrong(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_a_line_of_text_stands_for_the_figure():
    shown = explorables.show("softmax-nll", z0=3.5)
    assert repr(shown) == "Explorable('softmax-nll', z0=3.5, z1=1, z2=0.1, target=0)"


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


@each_figure
def test_a_figure_is_small(name):
    script = re.search("(?s)<script.*?>(.*)explore\\(figure", explorables.show(name)._repr_html_())[1]
    assert len(gzip.compress(script.encode())) <= MOST_BYTES


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_languages_have_the_same_words(path):
    def shape(words):
        return {key: shape(word) for key, word in words.items()} if isinstance(words, dict) else None

    assert shape(json.loads(path.read_text("utf-8"))) == shape(WORDS)
    assert WORDS.keys() - {"every figure"} == FIGURES.keys()
    assert WORDS["every figure"].keys() == {"without script", "reset"}


# --- In the browser --------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><body>"""


@pytest.fixture
def opened(tmp_path, visit):
    """A function that opens figures as a page on disk."""

    def opened(*figures, **screen):
        path = tmp_path / "page.html"
        path.write_text(PAGE + "".join(figure._repr_html_() for figure in figures), "utf-8")
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
  return {
    state: Object.fromEntries(all("[name]").map(input => [input.name, Number(input.value)])),
    numbers: Object.fromEntries(all("dl div").map(({ children: [dt, dd] }) => [dt.innerText, dd.innerText])),
    words: [root.textContent, ...[root, ...all("[aria-label]")].map(element => element.ariaLabel)].join(" "),
    picture: root.querySelector("svg").innerHTML,
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


def check(page, name):
    """Compare all that the figure shows with the oracle; return it."""
    seen = page.evaluate(READ)
    for key, expected in CASES[name][0](**seen["state"]).items():
        text = seen["numbers"][WORDS[name]["numbers"][key]]
        assert agree(text, float(expected)), (seen["state"], key, text, expected)
    assert not DEBRIS.search(seen["words"] + seen["picture"]), seen
    return seen


@each_figure
def test_default_numbers_on_a_page_from_disk(opened, name):
    here = opened(explorables.show(name))
    check(here.page, name)
    assert misfits(here) == []
    assert not here.troubles
    assert here.asked == [here.url]


@each_figure
def test_numbers_follow_the_keyboard(opened, name):
    page = opened(explorables.show(name)).page
    before = check(page, name)["state"]
    assert before.keys() == FIGURES[name].keys()
    for key in before:
        for press in ["ArrowUp", "Home", "End"]:
            page.locator(f'[name="{key}"]').press(press)
            after = check(page, name)["state"]
            assert press != "Home" or after[key] == FIGURES[name][key].low
    page.get_by_role("button", name=WORDS["every figure"]["reset"]).click()
    assert check(page, name)["state"] == before


@each_figure
def test_every_state_has_numbers_and_every_word_its_use(opened, name):
    here, read = opened(explorables.show(name), width=360), []
    for state in states(name):
        insert(here.page, explorables.show(name, **state))
        seen = check(here.page, name)
        assert seen["state"].items() >= state.items()
        assert misfits(here) == [], state
        read.append(seen["words"])
    assert not here.troubles
    assert not [text for text in texts(WORDS[name]) if not any(text in words for words in read)]


def misfits(here):
    """Return what is wider than the screen, cut off, or too small for a finger or an eye."""
    return here.page.evaluate(MISFITS) + [here.too_wide()] * bool(here.too_wide())


MISFITS = """() => {
  const faults = [], svg = document.querySelector(".explorable svg"), frame = svg.getBoundingClientRect();
  for (const element of document.querySelectorAll(".explorable :is(input, select, button)"))
    if (element.getBoundingClientRect().height < 24) faults.push(element.outerHTML);
  for (const text of svg.querySelectorAll("text")) {
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


def test_a_step_is_gradient_descent(opened):
    page = opened(explorables.show("negative-log", p=0.2, share=0.7, rate=0.05)).page
    p = 0.2
    for steps in range(1, 6):
        page.get_by_role("button", name=WORDS["negative-log"]["actions"]["step"]).click()
        p -= 0.05 * negative_log(p, 0.7, 0.05)["tilt"]
        expected, seen = negative_log(p, 0.7, 0.05), page.evaluate(READ)
        for key, value in {**expected, "steps": steps}.items():
            assert agree(seen["numbers"][WORDS["negative-log"]["numbers"][key]], float(value)), (steps, key)
        assert seen["picture"].count('class="empty"') == steps
        assert not DEBRIS.search(seen["words"])
    page.locator("[name=p]").press("Home")
    assert 'class="empty"' not in check(page, "negative-log")["picture"]  # a new descent


def test_a_step_out_of_the_probabilities_is_not_taken(opened):
    page = opened(explorables.show("negative-log", p=0.2, share=0.7, rate=1)).page
    page.get_by_role("button", name=WORDS["negative-log"]["actions"]["step"]).click()
    assert check(page, "negative-log")["state"]["p"] == 0.2


RECTANGLES = """rects => rects.map(({ className, width, height }) =>
  [className.baseVal, width.baseVal.value * height.baseVal.value])"""


def test_the_picked_entries_are_filled(opened):
    page = opened(explorables.show("nll-loss-input", y0=2, y1=0)).page
    kinds = [kind for kind, _ in page.locator("svg rect").evaluate_all(RECTANGLES)]
    assert kinds[:6] == ["empty", "empty", "soft", "soft", "empty", "empty"]


def test_the_area_of_the_bits_is_the_same_in_two_tokens_as_in_three(opened):
    page = opened(explorables.show("perplexity")).page
    areas = []
    for cut in ["0", "1"]:
        page.locator("[name=cut]").select_option(cut)
        areas.append([area for _, area in page.locator("svg rect").evaluate_all(RECTANGLES)])
    assert [len(bars) for bars in areas] == [3, 2]
    assert sum(areas[0]) == pytest.approx(sum(areas[1]))


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
    here = opened()
    insert(here.page, explorables.show("softmax-nll"), how)
    check(here.page, "softmax-nll")
    assert not here.troubles


@each_figure
def test_without_javascript_a_sentence_stands_there(browser, tmp_path, name):
    path = tmp_path / "page.html"
    path.write_text(PAGE + explorables.show(name)._repr_html_(), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    text, height = page.locator("body").inner_text(), page.locator(".explorable").bounding_box()["height"]
    context.close()
    assert text.split("\n\n") == [WORDS[name]["title"], WORDS["every figure"]["without script"]]
    assert height < 200


@each_figure
def test_the_keyboard_goes_from_top_to_bottom(opened, name):
    page, reached = opened(explorables.show(name)).page, []
    wanted = [*FIGURES[name], *WORDS[name].get("actions", {}), "reset"]
    for _ in wanted:
        page.keyboard.press("Tab")
        where, outline, own_keys = page.evaluate(FOCUS)
        reached.append(where)
        assert outline == "2px" and own_keys == "true"
    assert reached == wanted


# Without the attribute JupyterLab moves to another cell when a reader presses an arrow.
FOCUS = """() => {
  const focused = document.activeElement, { name, value } = focused;
  return [name || value, getComputedStyle(focused).outlineWidth, focused.dataset.lmSuppressShortcuts];
}"""


@pytest.mark.parametrize("width", [390, 1280])
@each_figure
def test_the_text_below_does_not_jump(opened, name, width):
    """The height is reserved before the script runs, and no sentence outgrows it (in the course's font)."""
    here = opened(width=width)
    font = Path(nllutils.__file__).parent / "course" / "fonts" / "NLLSansKR-Regular.otf"
    style = f"@font-face {{ font-family: own; src: url({font.as_uri()}); }} body {{ font-family: own; }}"
    here.page.add_style_tag(content=style + "body { margin: auto; max-width: 45rem; padding: 0 18px; }")
    for state in [{}, *CASES[name][1]]:
        insert(here.page, explorables.show(name, **state))
        here.page.evaluate("document.fonts.ready")
        grown = here.page.evaluate(HEIGHT_AND_RESERVED)
        assert grown[0] == pytest.approx(grown[1], abs=1), state


HEIGHT_AND_RESERVED = """() => {
  const root = document.querySelector(".explorable");
  return [root.offsetHeight, parseFloat(getComputedStyle(root).minHeight)];
}"""


def test_what_is_wrong_would_be_noticed(opened):
    here = opened(explorables.show("softmax-nll"))
    assert misfits(here) == []
    here.page.add_style_tag(
        content="text { font-size: 9px !important } button { height: 20px; min-height: 0 !important }"
    )
    here.page.evaluate("document.querySelector('svg text').setAttribute('x', -20)")
    found = " ".join(map(str, misfits(here)))
    assert all(fault in found for fault in ["small: ", "cut: ", "<button"])
    for wrong in ["0.4171", "NaN", "−0.0000", "{nll}"]:
        here.page.evaluate("wrong => { document.querySelector('dd').innerText = wrong }", wrong)
        with pytest.raises((AssertionError, ValueError)):
            check(here.page, "softmax-nll")
