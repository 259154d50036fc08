import numpy as np

from nllutils.course.exercises.judging import Exercise


def language_models_1():
    nats = 3.0 * 2000 / 9000
    wrong = {"nats": nats, "per-token": 3.0 / np.log(2), "times": nats * np.log(2), "perplexity": np.exp(3.0)}
    return Exercise(nats / np.log(2), wrong)


def language_models_2():
    tokens, perplexities = np.array([100, 300]), np.array([10.0, 40.0])
    wrong = {
        "mean-of-perplexities": np.average(perplexities, weights=tokens),
        "plain-mean": perplexities.mean(),
        "equal-shares": np.exp(np.log(perplexities).mean()),
        "nll": np.average(np.log(perplexities), weights=tokens),
    }
    return Exercise(np.exp(wrong["nll"]), wrong)


def language_models_3():
    wrong = {
        "in-order": 1.5615,
        "nats": 0.9543,
        "per-token": 2.2831,
        "one-block": 1.2946,
        "four-gram": 1.4141,
    }
    return Exercise(1.3768, wrong)


def token_nll(logits, ids, shift=1):
    """-log p of each target, by hand: the rows of `logits` against the tokens `shift` places later."""
    rows = [i for i in range(len(ids) - shift) if ids[i + shift] >= 0]
    return np.array([np.logaddexp.reduce(logits[i]) - logits[i, ids[i + shift]] for i in rows])


def language_models_4():
    def bits(logits, ids, n_bytes, shift=1):
        return token_nll(logits, ids, shift).sum() / (n_bytes * np.log(2))

    draw = np.random.default_rng(0)
    padded = (3 * draw.normal(size=(7, 5)), np.array([4, 0, 2, 2, 1, -100, -100]), 12)
    whole = (3 * draw.normal(size=(4, 6)), np.array([5, 1, 0, 3]), 7)
    return Exercise(
        bits,
        {
            "not-shifted": lambda *given: bits(*given, shift=0),
            "shifted-twice": lambda *given: bits(*given, shift=2),
            "nats": lambda *given: bits(*given) * np.log(2),
            "per-token": lambda logits, ids, n_bytes: token_nll(logits, ids).mean() / np.log(2),
            "mean": lambda logits, ids, n_bytes: token_nll(logits, ids).mean() / (n_bytes * np.log(2)),
        },
        inputs=(padded, whole),
    )
