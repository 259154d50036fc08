import numpy as np

from nllutils.course.exercises.judging import Exercise
from nllutils.losses import cross_entropy


def reduction_1():
    mean, total = 0.02, 0.02 / 30
    return Exercise(
        [total, mean],
        {"both": [total, total], "neither": [mean, mean], "times": [0.6, mean], "swapped": [mean, total]},
        within=2e-6,
    )


def reduction_2():
    import torch

    targets = [[0, -100, 2, 1, -100], [1, 0, 1], [-100, -100], [[0, -100], [2, 2]]]
    inputs = []
    for n, target in enumerate(map(torch.tensor, targets)):
        losses = torch.tensor(np.random.default_rng(n).uniform(0.1, 3, size=target.shape))
        inputs.append((losses * (target != -100), target))

    def counted_mean(losses, target):
        return losses[target != -100].mean()

    return Exercise(
        lambda losses, target: counted_mean(losses, target).nan_to_num(0.0),
        {
            "nan": counted_mean,
            "all": lambda losses, target: losses.mean(),
            "sum": lambda losses, target: losses.sum(),
        },
        inputs=tuple(inputs),
    )


def reduction_3():
    floor = cross_entropy(np.log([91] + 9 * [1]), 0, label_smoothing=0.1)
    return Exercise(
        floor,
        {
            "zero": 0,
            "target-only": -np.log(0.91),
            "kept-only": -np.log(0.9),
            "others-only": -0.9 * np.log(0.9) - 0.1 * np.log(0.1 / 9),
            "three": cross_entropy(np.log([28, 1, 1]), 0, label_smoothing=0.1),
        },
    )


def reduction_4():
    import torch

    rng = np.random.default_rng(5)
    weight = torch.tensor([1.0, 5.0, 20.0], dtype=torch.float64)
    target = torch.tensor([0, 1, 2, 2, -100, 0, 1, -100, -100])
    scores = torch.tensor(rng.normal(size=(9, 3)))
    cuts = [(2, 5), (4, 5), (7,)]  # the last two cut off a piece that is all ignored
    inputs = [(scores.tensor_split(cut), target.tensor_split(cut), weight) for cut in cuts]

    def total(score_list, target_list, weight):
        return cross_entropy(torch.cat(score_list), torch.cat(target_list), weight, reduction="sum")

    def mean_of_means(score_list, target_list, weight):
        pieces = list(zip(score_list, target_list, strict=True))
        totals = [total([z], [y], weight) for z, y in pieces]
        with np.errstate(invalid="ignore"):  # 0 / 0 where all of a piece is ignored
            return np.divide(totals, [weight[y[y != -100]].sum().item() for _, y in pieces]).mean()

    def right(*pieces):
        return total(*pieces) / (2 * 1.0 + 2 * 5.0 + 2 * 20.0)  # two of each class count

    def weighted_means(*pieces):
        return right(*pieces) + 0 * mean_of_means(*pieces)  # NaN where a mean is NaN

    return Exercise(
        right,
        {
            "mean-of-means": mean_of_means,
            "nan": weighted_means,
            "samples": lambda *pieces: total(*pieces) / 9,
            "counted": lambda *pieces: total(*pieces) / 6,
            "sum": total,
        },
        inputs=tuple(inputs),
    )
