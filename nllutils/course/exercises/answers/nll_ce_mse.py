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
    wrong = {"not-divided": 14.0706, "squared-rate": 1.9685, "absolute": 0.9059, "marginal": 5.5579}
    return Exercise(4.9331, wrong, within=5e-3)


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
