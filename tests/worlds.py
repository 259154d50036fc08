r"""The worlds in which the displayed formulas have to hold: numbers for their letters, by PyTorch and SciPy.

A row of `CASES` says how the statements begin that it reads, their world (see `tex.holds`) and, where the
first side is what they define, the value of that side.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy import optimize, special, stats

import nllutils


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def slope(function, *places, order=1):
    """The derivative with respect to the first place, by PyTorch."""
    first, *others = (tensor(place) for place in places)
    value = function(first.requires_grad_(), *others)
    for _ in range(order):
        (value,) = torch.autograd.grad(value.sum(), first, create_graph=True)
    return value.detach().numpy()


def newton_step(loss, place):
    """One step of SciPy's Newton method."""
    first, second = (lambda p, order=order: slope(loss, p, order=order) for order in (1, 2))
    return optimize.newton(first, place, fprime=second, maxiter=1, disp=False)


def sgd_step(loss, place):
    """One step of PyTorch's gradient descent."""
    place = tensor(place).requires_grad_()
    optimizer = torch.optim.SGD([place], lr=RATE[r"\eta"])
    loss(place).backward()
    optimizer.step()
    return place.detach().numpy()


# --- Four samples, three classes. The letters are the book's ---

z = np.array([[0.3, -1.2, 2.0], [1.5, 0.2, -0.7], [0.0, 0.9, 0.4], [-0.8, 2.2, 1.1]])
y, w, T, RATE = np.array([0, 2, 1, 2]), np.array([1.0, 5.0, 20.0]), 1.7, {r"\eta": 0.05}


def batch_loss(z, **options):
    return F.cross_entropy(torch.as_tensor(z), torch.tensor(y), **options)


losses = batch_loss(z, reduction="none").numpy()
BATCH = {"z": z, "p": special.softmax(z, axis=1), "y": y, "w": w, r"\ell": losses, r"\varepsilon": 0.1}
BATCH |= {"a": special.log_softmax(z, axis=1), "N": 4, "B": 4, "C": 3, "T": T, "i": 1, "k": 1}
COUNTS = {"N": 4, "C": 3, "k": 1, "y": y, "n": np.bincount(y), r"\hat q": np.array([1, 1, 2]) / 4}
COUNTS |= {"N_k": lambda at: np.bincount(y)[at.get("k", 1)]}
LAYERS = {"W_1": z, "b_1": losses, "x": z[1], "W_2": z.T, "b_2": w, "h": losses}
MATRICES = {"X": z, "W": z[:2], "G": z[:, :2]}
BINS = {"n": [4, 6], "N": 10, "M": 2, r"\text{acc}": [0.75, 0.5], r"\text{conf}": [0.95, 0.6]}

# It rained on 3 of 4 days with the forecast 0.9 and on 3 of 6 with the forecast 0.2.
FORECASTS, RAIN = np.repeat([0.9, 0.2], [4, 6]), [1.0, 1, 1, 0, 1, 1, 1, 0, 0, 0]
OFF = stats.entropy([0.75, 0.25], [0.9, 0.1]), stats.entropy([0.5, 0.5], [0.2, 0.8])
LEFT = stats.entropy([0.75, 0.25]), stats.entropy([0.5, 0.5])
GROUPS = {"n": [4, 6], "N": 10, "M": 2}
GROUPS |= {r"D(q_m \| p_m)": lambda at: OFF[at["m"]], "H(q_m)": lambda at: LEFT[at["m"]]}

# Two models on the four samples; four splits of 30 rows; the samples as the rows of two persons.
OTHER = np.array([0.4, 1.1, 0.2, 0.9])
SAMPLE = {r"\ell": losses, "m": losses.mean(), "n": 4, "s": losses.std(ddof=1)}
PAIRS = {"s_A": losses.std(ddof=1), "s_B": OTHER.std(ddof=1), "s_{AB}": np.cov(losses, OTHER)[0, 1]}
SPLITS = {"J": 4, "S": 0.3, r"\sigma": 1.3, r"\rho": 0.2, "n_1": 24, "n_2": 6}
COVARIANCE = 1.3**2 * (0.2 + 0.8 * np.eye(4))  # of the four splits' differences
CLUSTERS = {"n": 4, "G": 2, "D": [0.3, -0.3]}

# --- One of them, of class 2. q are true probabilities, t is the class as a vector ---

one, p, q, t = z[1], special.softmax(z[1]), np.array([0.5, 0.3, 0.2]), np.array([0.0, 0.0, 1.0])
ONE = {"z": one, "p": p, "q": q, "w": w, "t": t, "y": 2, "c": 2, "j": 1, "k": 1, "C": 3, "T": T}
ONE |= {r"\text{NLL}": losses[1], "m": one.max(), "d": one - one.max()}
ONE |= {r"\operatorname{LSE}": lambda *z: special.logsumexp(z)}
TARGET = ONE | {"j": 2, "k": 2}
TWO = ONE | {"p": np.stack([p, p, q])}  # two models, p^{(1)} and p^{(2)}
SCORES = ONE | {"x": one, "S": np.exp(one).sum()}
STREAM = {"m": 0.6, "s": 2.5, "m'": 1.5, "z": one, "C": 3}
LOGIT_STEP = ONE | RATE | {r"\text{onehot}(y)": t}
WEIGHTED = ONE | {"s": w * q / (w * q).sum(), r"\tilde p": special.softmax(one + np.log(w))}
cross_entropy = stats.entropy(q) + stats.entropy(q, p)
SPLIT = {"H(q)": stats.entropy(q), r"D(q \| p)": stats.entropy(q, p)}
SAME = COUNTS | {"p": q, r"H(\hat q, p)": -np.log(q)[y].mean()}  # one model for all four samples
SMOOTHED = ONE | {r"\varepsilon": 0.1, r"\tilde q": 0.9 * t + 0.1 / 3}


def focal(p):
    return -((1 - p) ** 2) * torch.log(p)


def expected_focal(p, q=0.8):
    p = tensor(p)
    return (q * focal(p) + (1 - q) * focal(1 - p)).item()


FOCAL = {"p": optimize.minimize_scalar(expected_focal, bounds=(0, 1), options={"xatol": 1e-9}).x}
FOCAL |= {"f'": lambda p: slope(focal, p)}


def two_class_mse_slope(z=0.4):
    """Of `F.mse_loss` of a softmax of two logits, in the target's."""
    return slope(lambda z: F.mse_loss(z.softmax(dim=0), tensor([1.0, 0.0])), [z, 0.0])[0]


def expected_brier():
    return sum(q[k] * ((p - np.eye(3)[k]) ** 2).sum() for k in range(3))


def weighted_mean_gradient():
    target = torch.tensor(np.repeat([0, 1, 2], [5, 3, 2]))  # in the proportions q
    return slope(lambda z: F.cross_entropy(z.expand(10, 3), target, weight=tensor(w)), one)[1]


# --- A coin ---


def coin_nll(p, n=10, k=7):
    return -torch.distributions.Binomial(n, probs=p).log_prob(tensor(k))


def peak_nll(p):
    return coin_nll(p, 100, 70)


COIN = {"n": 10, "k": 7, "p": 0.3, r"\bar{y}": 0.7}
FLIPS = {"y": [1, 0, 1, 1], "N": 4, r"\theta": 0.3, "P": stats.bernoulli.pmf}
STEP = RATE | {"p": 0.3, r"\frac{d}{dp}\,\text{평균 NLL}(p)": slope(coin_nll, 0.3)}
PARAMETER_STEP = RATE | {r"\theta": 0.3, r"\nabla_\theta\, \text{NLL}(\theta)": slope(coin_nll, 0.3)}
NEWTON = {"p": 0.6, r"\text{NLL}'(p)": slope(coin_nll, 0.6)}
NEWTON |= {r"\text{NLL}''(p)": slope(coin_nll, 0.6, order=2)}
PEAK = {r"\hat p": 0.7, "n": 100, r"\text{NLL}''(\hat p)": slope(peak_nll, 0.7, order=2)}

# --- Other data ---

NORMAL = {"x": [0.4, 1.9], "N": 2, r"\mu": 0.7, r"\sigma": 1.3}
REGRESSION = {"y": [2.0, 4.0, 9.0], r"\mu": [5.0, 4.5, 6.0], r"\sigma": 1.3, "N": 3, "p": stats.norm.pdf}
REGRESSION |= {r"\text{MSE}": F.mse_loss(tensor([2.0, 4, 9]), tensor([5, 4.5, 6])).item()}
POISSON = {"y": 4, r"\lambda": 2.6}
COUNT = {"y": 4, r"\mu": 2.6, r"\alpha": 0.4, r"\Gamma": special.gamma}
FAMILY = {"y": 4, "z": np.log(2.6), "A": np.exp, "h": lambda y: 1 / special.factorial(y)}
# Counts 0, 1, 5 and 2 at their mean, 2.
VISITS = {"N": 4, "g": 1 - np.array([0, 1, 5, 2]) / 2, r"\text{NLL}''(\hat\lambda)": 4 / 2}
PRIOR = {r"\theta": 0.8, r"\tau": 2.0, r"\text{NLL}(\theta)": 0.4}
PRIOR |= {r"\text{상수}": -stats.norm.logpdf(0, 0, 2.0)}
BINARY = {"z": [0.4, -0.2, 1.3], "y": [1, 0, 1], "w": 3.0, "N": 3, r"\sigma": special.expit}
SOFT = {"z": 0.4, "t": 0.3, "w": 2.0, "w_+": 3.0, r"\sigma": special.expit}
PRODUCT = {r"P(y_1 \mid \theta)": 0.5, r"P(y_2 \mid \theta)": 0.2, r"\cdots": 1, r"P(y_N \mid \theta)": 0.1}
MODELS = {"M": 3, r"L(\theta \mid D)": lambda at: [0.2, 0.5, 0.3][at[r"\theta"]]}
TEXT = {"n": 3, "b": 7, r"P(t_i \mid t_1, \dots, t_{i-1})": lambda at: [0.5, 0.2, 0.1][at["i"]]}
RESPONSES = {"n": [3, 1], "m": np.array([losses[:3].mean(), losses[3]]), "B": 2}
PREFERENCE = {"r": [1.3, 0.4], "p": [0.3, 0.1], "p'": [0.2, 0.4], "a": 0, "b": 1}
PREFERENCE |= {r"\beta": 0.7, r"\Delta": 1.6}
SIMILARITIES = {"S": z[:3], "T": T, "B": 3, "i": 1}
text = nllutils.NLLAccumulator()
text.add(-np.log([0.5, 0.2, 0.1]).sum(), 3, n_bytes=7)


def normal_nll(mu, sigma):
    return F.gaussian_nll_loss(tensor(NORMAL["x"]), mu, sigma**2, full=True, reduction="sum")


def volume(a, b):
    return a**2 * b


CASES = [
    # the tools
    (r"\frac{\partial V}{\partial a}", {"a": 3.0, "b": 2.5}, slope(volume, 3.0, 2.5)),
    (r"\frac{\partial V}{\partial b}", {"a": 3.0}, slope(lambda b, a: volume(a, b), 2.5, 3.0)),
    # the first page
    (r"-\log \frac{1}{10}", {}, F.cross_entropy(tensor(np.zeros(10)), torch.tensor(3)).item()),
    # likelihood
    (r"P(k \mid p)", COIN, stats.binom.pmf(7, 10, 0.3)),
    # its logarithm
    (r"L(\theta", PRODUCT, 0.5 * 0.2 * 0.1),
    (r"\log L(\theta", FLIPS, stats.bernoulli.logpmf([1, 0, 1, 1], 0.3).sum()),
    (r"\frac{d}{dp}", COIN, -slope(coin_nll, 0.3)),
    (r"\frac{d^2}{dp^2}", COIN, -slope(coin_nll, 0.3, order=2)),
    # the sign
    (r"\max_\theta", MODELS, None),
    (r"p \leftarrow", STEP, sgd_step(coin_nll, 0.3)),
    (r"\text{NLL} =", FLIPS | {"y": 1}, -stats.bernoulli.logpmf(1, 0.3)),
    (r"\frac{d}{dp}\left(", COIN, slope(lambda p: -torch.log(p), 0.3)),
    (r"\text{NLL}(\theta)", FLIPS, -stats.bernoulli.logpmf([1, 0, 1, 1], 0.3).sum()),
    (r"\text{평균 NLL}", {"N": 4, r"\text{NLL}(\theta)": losses.sum()}, losses.mean()),
    (r"\frac{d}{dp}\,\text{평균 NLL}", COIN, slope(coin_nll, 0.3) / 10),
    (r"-\log p(x", NORMAL | {"x": 0.4}, -stats.norm.logpdf(0.4, 0.7, 1.3)),
    # classes
    (r"\text{NLL} = -\log p_y", ONE, None),
    (r"\overline{\text{NLL}}", {"p": q, "N": 3}, -np.log(q).mean()),
    (r"\overline{\text{NLL}} = -\frac{1}{B}", BATCH, batch_loss(z)),
    (r"-\log \frac{1}{C}", ONE, batch_loss(np.zeros((4, 3)))),
    (r"\mathbb{E}[\text{NLL}]", ONE, cross_entropy),
    (r"H(q, p) = -\sum", ONE | SPLIT, cross_entropy),
    (r"D(q \,\|\, p) =", ONE | {"H(q, p)": cross_entropy, "H(q)": stats.entropy(q)}, stats.entropy(q, p)),
    (r"q = \frac{f'", FOCAL, 0.8),
    (r"\overline{\text{NLL}} = \sum_{m=1}", GROUPS, F.binary_cross_entropy(*map(tensor, (FORECASTS, RAIN)))),
    (r"\sum_k q_k", ONE, None),
    (r"p_k", ONE, None),
    # two models compared
    (r"\text{SE} = \frac{s}", SAMPLE, stats.sem(losses)),
    (r"s^2", SAMPLE, stats.tvar(losses)),
    (r"s_d^2", PAIRS, stats.tvar(losses - OTHER)),
    (r"\operatorname{Var}(\bar{d})", SPLITS, COVARIANCE.mean()),
    (r"\text{SE} = S", SPLITS, 0.3 * math.sqrt(COVARIANCE.mean() / (1.3**2 - COVARIANCE[0, 1]))),
    (r"\text{SE} = \frac{1}{n}", CLUSTERS, stats.sem([0.15, -0.15])),
    # log-probabilities
    (r"\text{loss}", BATCH, batch_loss(z)),
    (r"-\log \frac{e^{x_c}}{S}", SCORES, losses[1]),
    (r"S", SCORES, None),
    # softmax and log-sum-exp
    (r"p_j", ONE, None),
    (r"\text{NLL}", ONE, None),
    (r"\log p_j", ONE, None),
    (r"\operatorname{LSE}", ONE, None),
    (r"m", ONE, None),
    (r"\max_k z_k", ONE, None),
    (r"\text{격차}", {}, -np.log(float(np.finfo(np.float32).smallest_subnormal) / 2)),
    (r"\frac{\partial \operatorname{LSE}}", ONE, slope(lambda z: z.logsumexp(0), one)[1]),
    (r"\frac{\partial\, \text{NLL}}", TARGET, slope(batch_loss, z)[1, 2] * 4),
    (r"\text{손실}", ONE, F.cross_entropy(tensor(t), tensor(t))),
    (r"\log\left(\tfrac{1}{2} p", TWO, None),
    # a network
    (r"z \leftarrow", LOGIT_STEP, sgd_step(lambda z: F.cross_entropy(z, tensor(t)), one)),
    (r"h", LAYERS, F.linear(*map(tensor, (one, z, losses))).relu()),
    (r"z = W", LAYERS, F.linear(*map(tensor, (losses, z.T, w)))),
    # weights
    (r"\text{mean}", BATCH, batch_loss(z, weight=tensor(w))),
    (r"\frac{\partial\, \text{mean}}", WEIGHTED, weighted_mean_gradient()),
    (r"s_k", WEIGHTED, None),
    (
        r"\text{BCE}",
        BINARY,
        F.binary_cross_entropy_with_logits(tensor(BINARY["z"]), tensor(BINARY["y"]), pos_weight=tensor(3.0)),
    ),
    (r"p_k", WEIGHTED, None),
    # entropy and maximum likelihood
    (r"p \leftarrow", NEWTON, newton_step(coin_nll, 0.6)),
    (r"H(q) =", ONE, stats.entropy(q)),
    (r"H(q, p) = H(q)", SPLIT, cross_entropy),
    (r"H(q, p) = -1", ONE, losses[1]),
    (r"-\frac{1}{N} \sum", SAME, None),
    (r"\text{NLL}''(p)", COIN, slope(coin_nll, 0.3, order=2)),
    (r"\text{NLL}(\mu, \sigma)", NORMAL, normal_nll(tensor(0.7), tensor(1.3))),
    (r"\text{SE} = \frac{1}", PEAK, stats.binom.std(100, 0.7) / 100),
    (r"\text{SE} = \frac{\sqrt", VISITS, np.std([0, 1, 5, 2]) / 2),
    (r"-\log p(\theta \mid D)", PRIOR, 0.4 - stats.norm.logpdf(0.8, 0, 2.0)),
    # reductions
    (r"\ell_i", BATCH, None),
    (r"\text{sum}", BATCH, batch_loss(z, reduction="sum")),
    (r"\text{mean}", BATCH, batch_loss(z)),
    (r"-\sum_k \tilde q_k", SMOOTHED, F.cross_entropy(tensor(one), torch.tensor(2), label_smoothing=0.1)),
    (r"(1-\varepsilon)", BATCH, batch_loss(z, weight=tensor(w), label_smoothing=0.1)),
    (
        r"\ell = -w",
        SOFT,
        F.binary_cross_entropy_with_logits(*map(tensor, (0.4, 0.3, 2.0)), pos_weight=tensor(3.0)),
    ),
    # other losses
    (r"\mathbb{E}[\text{Brier}]", ONE, expected_brier()),
    (r"p(y \mid \mu, \sigma)", NORMAL | {"y": 0.4}, stats.norm.pdf(0.4, 0.7, 1.3)),
    (r"\frac{d\,\text{CE}}", {"p": special.expit(0.4)}, slope(lambda z: -F.logsigmoid(z), 0.4)),
    (r"\frac{d\,\text{MSE}}", {"p": special.expit(0.4)}, two_class_mse_slope()),
    (r"\frac{1}{N}\sum_{i=1}^{N} -\log", REGRESSION, None),
    # counts
    (r"P(y \mid \lambda)", POISSON, stats.poisson.pmf(4, 2.6)),
    (r"-\log P(y \mid \lambda)", POISSON, -stats.poisson.logpmf(4, 2.6)),
    (r"P(y \mid \mu, \alpha)", COUNT, stats.nbinom.pmf(4, 2.5, 2.5 / 5.1)),
    (r"p(y \mid z)", FAMILY, stats.poisson.pmf(4, 2.6)),
    (r"-\log p(y \mid z)", FAMILY, -stats.poisson.logpmf(4, 2.6)),
    # calibration
    (
        r"\text{ECE}",
        BINS,
        nllutils.ece(np.repeat([[0.95, 0.05], [0.6, 0.4]], [4, 6], axis=0), [0, 0, 0, 1] + [0, 1] * 3, 10),
    ),
    (r"p_k", ONE | {"p": special.softmax(one / T)}, None),
    # language models
    (r"P(t_1, \dots, t_n)", TEXT, 0.5 * 0.2 * 0.1),
    (r"\text{당혹도}", TEXT, text.perplexity),
    (r"\text{바이트당 비트}", TEXT, text.bits(per="byte")),
    (r"\ell = -\log p_y + c", ONE | {"c": 0.3}, losses[1] + 0.3 * special.logsumexp(one) ** 2),
    (r"m'", STREAM, None),
    (r"s'", STREAM, np.exp(np.logaddexp(0.6 + np.log(2.5), special.logsumexp(one)) - 1.5)),
    (r"Z", MATRICES, F.linear(tensor(z), tensor(z[:2]))),
    (
        r"\frac{\partial L}{\partial X}",
        MATRICES,
        slope(lambda X: F.linear(X, tensor(z[:2])) * tensor(z[:, :2]), z),
    ),
    (
        r"\frac{\partial L}{\partial W}",
        MATRICES,
        slope(lambda W: F.linear(tensor(z), W) * tensor(z[:, :2]), z[:2]),
    ),
    # fine-tuning
    (r"\text{토큰 평균}", RESPONSES, batch_loss(z)),
    (r"\text{시퀀스 평균}", RESPONSES, RESPONSES["m"].mean()),
    (r"\ell = -\log \frac{e^{r_a}}", PREFERENCE, -F.logsigmoid(tensor(1.3 - 0.4))),
    (r"\Delta", PREFERENCE, math.log(0.3 / 0.2) - math.log(0.1 / 0.4)),
    (r"\ell = -\log \frac{1}{1 + e^{-\beta", PREFERENCE, -F.logsigmoid(tensor(0.7 * 1.6))),
    (r"\ell_i = -\log \frac{e^{S", SIMILARITIES, -special.log_softmax(z[:3] / T, axis=1)[1, 1]),
    # the glossary's own
    (r"\theta \leftarrow", PARAMETER_STEP, sgd_step(coin_nll, 0.3)),
    (r"\log L(\theta)", FLIPS, stats.bernoulli.logpmf([1, 0, 1, 1], 0.3).sum()),
    (r"\text{NLL}", FLIPS | {r"P(y \mid x, \theta)": 0.2}, -np.log(0.2)),
    (r"\log p_k", ONE, None),
    (r"\text{sum}", BATCH, batch_loss(z, weight=tensor(w), reduction="sum")),
    (r"-\log p(y \mid \mu, \sigma)", NORMAL | {"y": 0.4}, -stats.norm.logpdf(0.4, 0.7, 1.3)),
    (r"\text{PPL}", {r"\text{평균 NLL}": text.mean}, text.perplexity),
    (r"\text{바이트당 비트}", {r"\text{NLL의 합}": text.total, "b": 7}, text.bits(per="byte")),
]
