import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.likelihood import gaussian_logpdf


def nll_ce_mse_1():
    nll = -gaussian_logpdf(8, 5, 2)
    return Exercise(
        nll,
        {
            "no-constant": 9 / 8 + np.log(2),
            "variance": -gaussian_logpdf(8, 5, np.sqrt(2)),
            "no-half": nll + 9 / 8,
            "sign": -nll,
        },
    )


def nll_ce_mse_2():
    gain = 250 * np.log(4.0 / 3.6)
    return Exercise(
        gain, {"one-sample": gain / 500, "no-half": 2 * gain, "sign": -gain, "ratio": np.exp(gain)}
    )


def nll_ce_mse_3():
    def nll(y, z):
        mean = np.exp(z)
        return -np.log(np.exp(-y / mean) / mean)

    return Exercise(
        nll,
        {
            "sign": lambda y, z: -nll(y, z),
            "mean-not-log": lambda y, z: np.log(z) + y / z,
            "rate": lambda y, z: y * np.exp(z) - z,
            "slope": lambda y, z: 1 - y * np.exp(-z),
            "density": lambda y, z: np.exp(-nll(y, z)),
        },
        inputs=((3.0, 0.4), (0.5, 1.2), (2.0, 0.7)),
    )


def nll_ce_mse_4():
    def nll(y, mu, s):
        return -gaussian_logpdf(y, mu, np.exp(s / 2))

    def slope(y, mu, s, step=1e-5):
        return (nll(y, mu, s + step) - nll(y, mu, s - step)) / (2 * step)

    return Exercise(
        slope,
        {
            "sign": lambda y, mu, s: -slope(y, mu, s),
            "variance": lambda y, mu, s: slope(y, mu, s) * np.exp(-s),
            "sigma": lambda y, mu, s: slope(y, mu, s) * 2 * np.exp(-s / 2),
            "no-half": lambda y, mu, s: 2 * slope(y, mu, s),
        },
        inputs=((3.0, 1.0, 0.7), (0.0, 2.0, -0.5), (1.5, 1.0, 0.3)),
    )
