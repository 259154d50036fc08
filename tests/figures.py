"""What each interactive figure must show, computed from `nllutils` without its JavaScript.

An oracle takes the words of the picture and a state. It returns the numbers by name and, for each panel, the
labels of its axes and its marks in data units: (kind, role, points), as `draw` in the figure's module does.
"""

import functools
import math
import re

import numpy as np

import nllutils


def mark(kind):
    return lambda role, *points: (kind, role, points)


line, dots, bars, text = map(mark, ("line", "dots", "bars", "text"))


def curve(role, function, grid):
    return line(role, *[(x, function(x)) for x in grid])


def shown(value, digits=4):
    """A number as the picture writes it."""
    if math.isinf(value):
        return "∞"
    value *= 1 + 1e-12  # halves away from 0, as in JavaScript
    tiny = value and abs(value) < 0.5 * 10.0**-digits
    return re.sub("e-0?", "e-", f"{value:.2e}" if tiny else f"{value:.{digits}f}").replace("-", "−")


def partial_derivatives(words, a, b):
    def volume(a, b):
        return a**2 * b

    here = volume(a, b)
    # Differences of this function are exact, however far apart its places are.
    da, db = (volume(a + 1, b) - volume(a - 1, b)) / 2, volume(a, b + 1) - here
    curves = [
        ("a", "b", b, lambda x: volume(x, b), a, da, max(a - 0.8, a / 2)),
        ("b", "a", a, lambda x: volume(a, x), b, db, max(b - 0.8, 0)),
    ]
    panels = []
    for along, other, value, function, place, tilt, start in curves:
        tangent = [(x, here + (x - place) * tilt) for x in (start, min(place + 0.8, 4))]
        marks = [curve("first", function, np.arange(41) / 10), line("second", *tangent)]
        marks.append(dots("second", (place, here)))
        panels.append((along, f"{words['volume']} ({other} = {shown(value, 1)})", marks))
    return {"here": here, "da": da, "db": db}, panels


def binomial_likelihood(words, n, k, p):
    def likelihood(p):
        return np.exp(nllutils.binomial_logpmf(k, n, p))

    peak, most, here = k / n, likelihood(k / n), likelihood(p)
    nodes, shares = np.polynomial.legendre.leggauss(60)  # exact: the likelihood is a polynomial in p
    area = shares @ likelihood((nodes + 1) / 2) / 2
    marks = [
        line("guide", (peak, 0), (peak, most)),
        curve("first", likelihood, np.arange(401) / 400),
        line("second", (p, 0), (p, here)),
        dots("second", (p, here)),
    ]
    numbers = {"here": here, "peak": peak, "most": most, "ratio": here / most, "area": area}
    return numbers, [("p", words["likelihood"], marks)]


def product_and_log_sum(words, p, n):
    looped = np.float32(1)
    for _ in range(n):
        looped *= np.float32(p)
    double, single, log = p**n, float(np.float32(p**n)), nllutils.bernoulli_logpmf(np.ones(n), p).sum()
    end = min(8000, -340 / math.log10(p))  # where the true product leaves the picture
    marks = [line("guide", (0, 0), (end, end * math.log10(p))), line("guide", (n, 10), (n, -340))]
    for value, role, radius in [(double, "first", 8), (single, "second", 4)]:
        marks.append(dots(role if value else "empty", (n, math.log10(value) if value else -340, radius)))
    numbers = {"double": double, "single": single, "looped": float(looped), "log": log}
    return numbers, [("n", words["power"], marks)]


def negative_log(words, p, share, rate, trail=()):
    def loss(p):  # outcomes that never happen cost nothing
        parts = [(share, p), (1 - share, 1 - p)]
        return -sum(part * float(nllutils.bernoulli_logpmf(1, q)) for part, q in parts if part)

    here = loss(p)
    if math.isinf(here):
        tilt, to, ball = -math.inf if p == 0 else math.inf, math.nan, [line("second"), dots("second")]
    else:
        tilt = (1 - share and (1 - share) / (1 - p)) - (share and share / p)
        to, reach = p - rate * tilt, min(0.08, abs((5 - here) / tilt) if tilt else 1)
        tangent = [(x, here + (x - p) * tilt) for x in (max(p - reach, 0), min(p + reach, 1))]
        ball = [line("second", *tangent), dots("second", (p, here))]
    grid = [x for x in np.arange(1, 400) / 400 if loss(x) <= 5]
    marks = [curve("first", loss, grid), dots("empty", *[(past, loss(past), 4) for past in trail]), *ball]
    return {"here": here, "tilt": tilt, "to": to, "steps": len(trail)}, [("p", words["loss"], marks)]


def softmax_nll(words, z0, z1, z2, target, gradient):
    z = np.array([z0, z1, z2])
    probs, slopes = nllutils.softmax(z), nllutils.cross_entropy_grad(z, target)
    nll = nllutils.nll_loss(nllutils.log_softmax(z), target)
    numbers = {"nll": nll, "probability": probs[target], "baseline": math.log(3)}

    def rows(values):
        return [(0, -k - 0.2, value, -k + 0.2) for k, value in enumerate(values)]

    def labels(title, values):
        return [(0, 0.5, words[title]), *[(0, -k - 0.4, shown(value)) for k, value in enumerate(values)]]

    names = [(0, -k, name + " ✓" * (k == target)) for k, name in enumerate(words["classes"])]
    left = [bars("empty", *rows([1, 1, 1])), bars("first", *rows(probs))]
    left += [text("left", *names), text("right", *labels("probability", probs))]
    zeros = [line("ink", (0, -k - 0.25), (0, -k + 0.25)) for k in range(3)]
    right = [bars("second", *rows(slopes)), *zeros, text("center", *labels("gradient", slopes))]
    return numbers, [("", "", left), ("", "", right)][: 1 + gradient]


def nll_loss_input(words, input, y0, y1, scale):
    z, target = scale * np.array([[2.0, 1.0, 0.1], [0.1, 2.0, 1.0]]), np.array([y0, y1])
    given = [nllutils.log_softmax(z), nllutils.softmax(z), z][input]
    losses = -given[[0, 1], target]  # nllutils.nll_loss would warn of two of the three
    mean, honest = losses.mean(), nllutils.cross_entropy(z, target)
    (total,) = set(np.exp(given).sum(axis=1).round(9))
    numbers = {"row0": losses[0], "row1": losses[1], "shown": mean, "honest": honest, "total": total}

    cells = {False: [], True: []}
    for i, k in np.ndindex(2, 3):
        cells[k == target[i]].append((k + 0.04, -i - 0.9, k + 0.96, -i - 0.1))
    entries = [[*map(shown, row), f"→ {shown(loss)}"] for row, loss in zip(given, losses, strict=True)]
    table = [
        bars("empty", *cells[False]),
        bars("soft", *cells[True]),
        text("center", *[(k + 0.5, -i - 0.5, entries[i][k]) for i, k in np.ndindex(2, 4)]),
        text("above", *[(k + 0.5, 0, f"{words['class']} {k}") for k in range(3)], (3.5, 0, words["loss"])),
        text("left", *[(0, -i - 0.5, f"{i}{words['row']}") for i in range(2)]),
    ]
    left = -max(1, abs(mean), honest)
    chart = [bars("second", (0, 2.1, mean, 3.1)), bars("first", (0, 0.1, honest, 1.1))]
    chart += [line("ink", (0, 0), (0, 4))]
    chart += [text("right", (left, 3.6, words["shown"]), (left, 1.6, words["honest"]))]
    return numbers, [("", "", table), ("", "", chart)]


def memorising(words, gap, right):
    memorised, new = np.zeros(12, int), np.repeat([0, 1, 2], [right, (12 - right) // 2, (13 - right) // 2])

    def logits(gap):
        return np.tile(gap * np.array([2, -1, -1]) / 3, (12, 1))

    def seen(gap):
        return nllutils.cross_entropy(logits(gap), memorised)

    def fresh(gap):
        return nllutils.cross_entropy(logits(gap), new)

    baseline, grid, confidence = math.log(3), np.linspace(0, 4, 81), nllutils.softmax(logits(gap))[0, 0]
    numbers = {"seen": seen(gap), "fresh": fresh(gap), "baseline": baseline, "confidence": confidence}
    marks = [
        line("guide", (0, baseline), (4, baseline)),
        curve("first", seen, grid),
        curve("second", fresh, grid),
    ]
    marks += [dots("first", (gap, seen(gap))), dots("second", (gap, fresh(gap)))]
    marks += [text("over", (4, baseline, "log 3"))]
    return {**numbers, "share": np.mean(new == 0)}, [(words["gap"], words["nll"], marks)]


def class_weights(words, w2, n0, n1, n2):
    counts, weights, losses = np.array([n0, n1, n2]), np.array([1.0, 5.0, w2]), np.array([0.1, 0.5, 2.0])
    target, widths = np.repeat([0, 1, 2], counts), weights * counts
    log_probs, divisor = np.tile(-losses, (len(target), 1)), weights[target].sum()
    total = nllutils.nll_loss(log_probs, target, weights, reduction="sum") if len(target) else 0
    mean = nllutils.nll_loss(log_probs, target, weights) if divisor else math.nan
    numbers = {"total": total, "weight": divisor, "mean": mean}
    numbers["perPatient"] = total / len(target) if len(target) else math.nan

    marks, names, left = [], [], 0
    for k, role in enumerate(["soft", "empty", "warm"]):
        marks.append(bars(role, *[(left, 0, left + widths[k], losses[k])] if widths[k] else []))
        names += [f"{words['classes'][k]} {widths[k]:.0f}"] if widths[k] else []
        left += widths[k]
    level, side = [(0, mean), (divisor, mean)] if divisor else [], "under" if mean > 0.4 else "over"
    marks += [
        line("ink", *level),
        text(side, *[(*point, words["mean"] + shown(mean)) for point in level[1:]]),
    ]
    return numbers, [(words["width"] + " · ".join(names), words["loss"], marks)]


def exact_zero(difference):
    return 0 if abs(difference) < 1e-12 else difference


def cross_entropy_kl(words, p0, p1, p2):
    q, p = np.array([0.5, 0.3, 0.2]), np.array([p0, p1, p2]) / max(p0 + p1 + p2, 1)
    entropy = nllutils.cross_entropy(np.log(q), q)
    cross = nllutils.cross_entropy(np.log(p), q) if p.all() else math.inf if p.any() else math.nan
    kl, forecast = exact_zero(cross - entropy), p if p.any() else []

    def rows(values, low):
        return [(0, -k + low, value, -k + low + 0.3) for k, value in enumerate(values)]

    def labels(values, y):
        return [(value, -k + y, shown(value, 2)) for k, value in enumerate(values)]

    above = [
        bars("empty", *rows(q, 0.05)),
        bars("second", *rows(forecast, -0.35)),
        text("left", *[(0, -k, name) for k, name in enumerate(words["classes"])]),
        text("right", *labels(q, 0.2), *labels(forecast, -0.2)),
    ]
    parts, names = [(entropy, 0, min(cross, 2.5), 1.1)], [(entropy, 1.6, f"+ KL {shown(kl)}")]
    below = [bars("first", (0, 0, entropy, 1.1)), bars("warm", *parts if p.any() else [])]
    names = [(0, -0.7, words["key"]), (0, 1.6, f"H(q) {shown(entropy)}"), *(names if p.any() else [])]
    numbers = {"cross": cross, "entropy": entropy, "kl": kl}
    return numbers, [("", "", above), ("", "", [*below, text("right", *names)])]


def micro_batches(words, n0, mean0, n1, mean1):
    corpus, count = nllutils.NLLAccumulator(), n0 + n1
    corpus.add(total=n0 * mean0, count=n0).add(total=n1 * mean1, count=n1)
    naive, exact = np.mean([mean0, mean1]), corpus.mean
    numbers = {"naive": naive, "exact": exact, "gap": exact_zero(naive - exact), "loud": n1 / n0}
    sides = ["under", "over"] if numbers["gap"] < 0 else ["over", "under"]
    marks = [
        bars("soft", (0, 0, n0, mean0)),
        bars("warm", (n0, 0, count, mean1)),
        line("second", (0, naive), (count, naive)),
        line("first", (0, exact), (count, exact)),
        text(sides[0], (count, naive, words["naive"] + shown(naive))),
        text(sides[1], (count, exact, words["exact"] + shown(exact))),
    ]
    return numbers, [(f"{words['width']}{n0} + {n1}", words["loss"], marks)]


def confident_mistake(words, gap):
    def measure(gap):
        z, target = np.array([-gap, 0.0]) - 1, np.array([1.0, 0.0])
        p = nllutils.softmax(z)
        jacobian = np.diag(p) - np.outer(p, p)
        return {
            "ce": nllutils.cross_entropy(z, 0),
            "mse": np.mean((p - target) ** 2),
            "cePush": -nllutils.cross_entropy_grad(z, 0)[0],
            "msePush": -(jacobian @ (p - target))[0],
            "probability": p[0],
        }

    marks = [line("guide", (gap, -10), (gap, 1.5))]
    for name, role in [("cePush", "first"), ("msePush", "second")]:
        push = functools.partial(lambda name, gap: math.log10(measure(gap)[name]), name)
        marks += [curve(role, push, np.linspace(-6, 20, 105)), dots(role, (gap, push(gap)))]
    return measure(gap), [(words["gap"], words["push"], marks)]


def temperature(words, t, right0, right1):
    z = np.log(np.repeat([[0.95, 0.05], [0.6, 0.4]], [4, 6], axis=0))
    target = np.repeat([0, 1, 0, 1], [right0, 4 - right0, right1, 6 - right1])

    def nll(t):
        return nllutils.nll_loss(nllutils.log_softmax(z / t), target)

    probs = nllutils.softmax(z / t)
    numbers = {
        "nll": nll(t),
        "ece": nllutils.ece(probs, target, 10),
        "confidence": probs.max(axis=1).mean(),
        "accuracy": (target == 0).mean(),
        "best": min(np.arange(0.25, 5.01, 0.05), key=nll),
    }
    (sure0, sure1), (share0, share1) = probs[[0, -1], 0], (right0 / 4, right1 / 6)
    marks = [
        line("guide", (0.5, 0.5), (1, 1)),
        line("second", (sure0, share0), (sure0, sure0)),
        line("second", (sure1, share1), (sure1, sure1)),
        dots("first", (sure0, share0, 7), (sure1, share1, 9)),
    ]
    return numbers, [(words["confidence"], words["accuracy"], marks)]


def perplexity(words, p0, p1, p2, cut):
    tokens, probs = words["tokens"][cut], np.array([p0 * p1, p2] if cut else [p0, p1, p2])
    sizes = np.array([len(token.encode()) for token in tokens])
    names, infinite = ["total", "mean", "perplexity", "perByte"], not probs.all()
    numbers = dict.fromkeys(names, math.inf)
    if not infinite:
        corpus = nllutils.NLLAccumulator().add(-np.log(probs).sum(), len(probs), n_bytes=sizes.sum())
        values = corpus.total, corpus.mean, corpus.perplexity, corpus.bits(per="byte")
        numbers = dict(zip(names, values, strict=True))
    with np.errstate(divide="ignore"):
        bits = 0.0 - np.log2(probs)
    top = 1.2 * max([0.5, *[height for height in bits / sizes if math.isfinite(height)]])
    heights = np.minimum(bits / sizes, 0.95 * top)  # what is infinite ends near the top
    rights, mean = np.cumsum(sizes), numbers["perByte"]
    roles = ["soft", "warm"] if cut else ["soft", "empty", "warm"]
    marks = [
        bars(role, (right - size, 0, right, height))
        for role, right, size, height in zip(roles, rights, sizes, heights, strict=True)
    ]
    marks += [line("second", *[] if infinite else [(0, mean), (9, mean)])]
    marks += [text("over", *[] if infinite else [(9, 1.06 * top, words["mean"])])]
    for k, token in enumerate(tokens):
        label = f"{token} {shown(bits[k], 2)}{words['unit']}"
        marks.append(text("above", (rights[k] - sizes[k] / 2, heights[k], label)))
    return {**numbers, "probability": p0 * p1 * p2}, [(words["bytes"], words["bits"], marks)]


# For each figure its oracle, and states that, with the ends of every slider, lead through every sentence.
CASES = {
    "partial-derivatives": (partial_derivatives, []),
    "binomial-likelihood": (binomial_likelihood, [{"p": 0.5}]),
    "product-and-log-sum": (product_and_log_sum, [{"n": 987}, {"n": 7073}]),
    "negative-log": (negative_log, [{"p": 0.5, "share": 0.5}, {"rate": 1}, {"p": 0}, {"p": 0.01}]),
    "softmax-nll": (softmax_nll, [{"target": 2}]),
    "nll-loss-input": (nll_loss_input, [{"input": 1}, {"input": 2, "scale": 10}]),
    "memorising": (memorising, [{"right": 11}, {"right": 11, "gap": 4}]),
    "class-weights": (class_weights, [{"n0": 0, "w2": 0}]),
    "cross-entropy-kl": (cross_entropy_kl, [{"p0": 5, "p1": 3, "p2": 2}]),
    "micro-batches": (micro_batches, [{"n1": 10}]),
    "confident-mistake": (confident_mistake, [{"gap": 0}]),
    "temperature": (temperature, [{"t": 3.4}, {"t": 5}]),
    "perplexity": (perplexity, [{"cut": 1}]),
}
