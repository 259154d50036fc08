import numpy as np

from nllutils.course.exercises.judging import Exercise


def deep_fine_tuning_1():
    wrong = {"micro-batches": 1.75, "ranks": (60 / 40 + 100 / 60) / 2, "sum": 160, "per-step": 40}
    return Exercise(1.6, wrong)


def deep_fine_tuning_2():
    def targets(ids, document, is_response):
        counted = is_response[1:] & (document[1:] == document[:-1])
        return np.where(counted, ids[1:], -100)

    def by_input(ids, document, is_response):
        counted = is_response[:-1] & (document[1:] == document[:-1])
        return np.where(counted, ids[1:], -100)

    packed = (
        np.array([5, 6, 7, 8, 1, 5, 6, 9, 1]),
        np.array([0, 0, 0, 0, 0, 1, 1, 1, 1]),
        np.array([False, False, True, True, True, False, False, True, True]),
    )
    answers_only = (np.array([3, 4, 1, 2, 1]), np.array([0, 0, 0, 1, 1]), np.ones(5, dtype=bool))
    return Exercise(
        targets,
        {
            "by-input": by_input,
            "border": lambda ids, document, is_response: np.where(is_response[1:], ids[1:], -100),
            "prompt": lambda ids, document, is_response: np.where(
                document[1:] == document[:-1], ids[1:], -100
            ),
            "not-shifted": lambda ids, document, is_response: np.where(is_response, ids, -100)[:-1],
        },
        inputs=(packed, answers_only),
    )


def deep_fine_tuning_3():
    def loss(logit):
        return np.log1p(np.exp(-logit))

    wrong = {"no-beta": loss(3), "no-reference": loss(0.8), "exchanged": loss(-0.3), "divided": loss(30)}
    return Exercise(loss(0.3), wrong)
