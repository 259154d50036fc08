import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_many_processes_1():
    inputs = [[[2, 4], [8, 2]], [[5, 0, 1], [0, 0, 0], [7, 7, 2], [1, 1, 1]], [[0, 0], [0, 0]]]

    def scale(counts, ranks=None, tokens=None):
        ranks = counts.shape[0] if ranks is None else ranks
        return ranks / max(counts.sum() if tokens is None else tokens, 1)

    return Exercise(
        scale,
        {
            "world": lambda counts: scale(counts, ranks=1),
            "micro-batches": lambda counts: scale(counts, ranks=counts.size),
            "accumulation": lambda counts: scale(counts) / counts.shape[1],
            "own": lambda counts: 1 / np.maximum(counts.sum(axis=1), 1),
        },
        inputs=tuple((np.array(counts),) for counts in inputs),
    )


def deep_many_processes_2():
    right = np.array([1, 5, 560]) / 566
    wrong = {
        "unweighted": np.array([1, 1, 28]) / 30,
        "unsmoothed": [0, 0, 1],
        "not-normalised": np.array([1, 5, 560]) / 30,
        "class-0": np.array([28, 5, 20]) / 53,
    }
    return Exercise(right, wrong)
