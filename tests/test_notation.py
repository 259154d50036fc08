r"""One notation: p is the model, q the truth, k any class and y the class that is right.

So cross-entropy is `H(q, p)`, the divergence `D(q \,\|\, p)`, and expectations are weighted with q.
"""

import re

import nbformat
import pytest
import tex
from edition import CHAPTERS, TEMPLATE

from tools import ROOT

PAGES = [*sorted(ROOT.glob("*.md")), *CHAPTERS, TEMPLATE]

# As `tex.plain` spells formulas; each letter with a hat or the like, or without.
P, Q = (rf"(?:\\(?:hat|tilde|bar)\{{{letter}\}}|{letter})" for letter in "pq")
INDEX = r" _ (?:\{.*?\}|\S+)"
FORMULAS = {
    rf"\bH \( {P} , {Q}": "H(q, p)",
    rf"\bD(?:{INDEX})? \( {P} (?:\\\||\\Vert|\| \||,) {Q}": r"D(q \,\|\, p)",
    r"(?<!_ )\\(?:mathrm|text|operatorname)\{KL\} \(": r"D(q \,\|\, p)",
    rf"{P}{INDEX} \\log {Q}": r"q_k \log p_k",
    rf"{P}{INDEX} \\log \\frac (?:\{{ )?{P}{INDEX} \}} \{{ {Q}": r"q_k \log \frac{q_k}{p_k}",
    r" _ (?:c\b|\{ \S+ , c \})": "k for any class, y for the right one",
}
WORDS = {
    r"\bH\(p, ?q\)": "H(q, p)",
    r"\b(?:KL|D)\(p(?:, ?| ?\|\| ?)q\)": "D(q || p)",
    r"(?:참된|실제) 분포(?:는|가|를|인)? \$p\b": "실제 분포 $q$",
}
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S)


def faults(source):
    """What a text writes with the wrong letters, and the right ones."""
    formulas = "\n".join(tex.plain(formula) for formula in FORMULA.findall(source.replace(r"\\", "\\")))
    for text, wrong in [(formulas, FORMULAS), (source, WORDS)]:
        for pattern, right in wrong.items():
            yield from (f"{found[0]}: the book writes {right}" for found in re.finditer(pattern, text))


def sources(page):
    if page.suffix == ".md":
        return [page.read_text("utf8")]
    return [cell.source for cell in nbformat.read(page, as_version=4).cells]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_one_notation(page):
    assert not [fault for source in sources(page) for fault in faults(source)]


RIGHT = r"""
$$H(q, p) = -\sum_k q_k \log p_k = H(q) + D(q \,\|\, p), \qquad H(p) = -\sum_k p_k \log p_k$$
$$D_{\mathrm{KL}}(\hat q \| p) = \sum_k q_k \log \frac{q_k}{p_k}, \quad -\log p_y = -\log p_{i, y_i}$$
$e^{z + c}$
실제 분포 $q$와 모델의 $p$
"""


def test_the_right_letters_are_accepted():
    assert list(faults(RIGHT)) == []


@pytest.mark.parametrize(
    "planted",
    [
        r"$H(p, q)$",
        r"$$H(\hat{p}, q)$$",
        'print("H(p, q) =", h)',
        r"$D(p \,\|\, q)$",
        r"$D_{\text{KL}}(p || q)$",
        r"$\mathrm{KL}\left(\hat p \,\Vert\, q\right)$",
        r"$\mathrm{KL}(q \,\|\, p)$",
        "print('KL(p, q) =', h)",
        'plt.ylabel("$-\\\\log p_c$")',
        r"$$-\sum_k p_k \log q_k$$",
        r"$\sum_{k} \hat p_{i,k} \, \log q_{i,k}$",
        r"$$\sum_k p_k \log \frac{p_k}{q_k}$$",
        r"$-\log p_c$",
        r"$\sum_c w_k$",
        r"$x_{i, c}$",
        "참된 분포를 $p$라고",
        "실제 분포를 $p$라고",
    ],
)
def test_the_wrong_letters_are_found(planted):
    assert list(faults(planted))
