"""Real data that is shipped with the package, and the two ways the course splits it.

Where each file comes from, its licence and how it was made: `nllutils/course/data/README.md`.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nllutils._arguments import integer_from, real_array, to_numpy

_DATA = Path(__file__).parent / "data"


class Penguins(NamedTuple):
    """What `load_penguins` returns."""

    features: np.ndarray  # (N, 4) float64
    target: np.ndarray  # (N,) int64, index into class_names
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]


class RandHealth(NamedTuple):
    """What `load_rand_health` returns."""

    features: np.ndarray  # (N, 10) float64
    target: np.ndarray  # (N,) int64, index into class_names
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    groups: np.ndarray  # (N,) int64, the person a row belongs to
    visits: np.ndarray  # (N,) int64, a count: the target of the Poisson examples


def load_penguins():
    """Three species of penguins by four measurements of the body: 333 birds.

    Of the 344 birds the 11 with a missing entry are left out: 2 were not measured, 9 have no sex on
    record. These 333 complete rows are the ones that most published examples use.

    Returns
    -------
    Penguins
        `features` (333, 4) float64: bill length, bill depth and flipper length in mm, body mass in g;
        `target` (333,) int64: 0 Adelie (146 birds), 1 Chinstrap (68), 2 Gentoo (119);
        `feature_names`, `class_names`.

    References
    ----------
    Gorman, Williams and Fraser (2014), PLoS ONE 9(3): e90081. Data CC0, through palmerpenguins 0.1.6.

    Examples
    --------
    >>> penguins = load_penguins()
    >>> penguins.features.shape, penguins.class_names
    ((333, 4), ('Adelie', 'Chinstrap', 'Gentoo'))
    """
    with open(_DATA / "penguins.csv", encoding="utf-8", newline="") as file:
        birds = [bird for bird in csv.DictReader(file) if "NA" not in bird.values()]
    feature_names = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    features = np.array([[float(bird[name]) for name in feature_names] for bird in birds])
    class_names, target = np.unique([bird["species"] for bird in birds], return_inverse=True)
    return Penguins(features, target.astype(np.int64), feature_names, tuple(class_names.tolist()))


def load_rand_health():
    """Self-rated health in the RAND Health Insurance Experiment: 20,190 person-years, 90.8 / 7.7 / 1.5 %.

    The 5,912 persons were followed for one to five years. Their health was rated once, so all rows of
    a person share the target: split by `groups` (see `grouped_folds`), or the test rows are known.

    Returns
    -------
    RandHealth
        `features` (20190, 10) float64, named as upstream:
        `lncoins` ln(coinsurance in % + 1), `idp` individual deductible plan (0/1),
        `lpi` ln(annual participation incentive), `fmde` ln(maximum expenditure / coinsurance) or 0,
        `physlm` physical limitation (0/1; fractions where upstream imputed it), `disea` index of chronic
        diseases (0 to 58.6), `xage` age in years, `female` (0/1), `educdec` years of school of the
        household's decision maker (4 unknown ones set to the median, 12), `linc` ln(income in dollars);
        `target` (20190,) int64: 0 excellent or good (18,328 rows), 1 fair (1,560), 2 poor (302);
        `groups` (20190,) int64: the person's id;
        `visits` (20190,) int64: outpatient visits to a doctor in the year, 0 to 77;
        `feature_names`, `class_names`.

    References
    ----------
    Cameron and Trivedi (2005), *Microeconometrics*, through statsmodels 0.15.0 ("This is in the public
    domain."), `statsmodels.datasets.randhie`.

    Examples
    --------
    >>> rand = load_rand_health()
    >>> np.bincount(rand.target)
    array([18328,  1560,   302])
    >>> len(np.unique(rand.groups))
    5912
    """
    path = _DATA / "rand_health.csv.gz"
    names = np.loadtxt(path, delimiter=",", dtype=str, max_rows=1).tolist()
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    person, visits, fair, poor = table[:, :4].T.astype(np.int64)
    return RandHealth(
        features=table[:, 4:].copy(),
        target=fair + 2 * poor,
        feature_names=tuple(names[4:]),
        class_names=("excellent or good", "fair", "poor"),
        groups=person,
        visits=visits,
    )


def load_korean_law():
    """The Constitution of the Republic of Korea (1987) as one string: 18,884 characters of 380 kinds.

    Returns
    -------
    str
        The text with `\\n` at the end of each line; 45,503 bytes in UTF-8. Nothing else was changed, so
        the line above the addenda still has two captions of the web page it was copied from.

    References
    ----------
    konlpy 0.6.0, corpus `kolaw`. The text of a law is not protected (Korean Copyright Act, Article 7).

    Examples
    --------
    >>> load_korean_law()[:7]
    '대한민국헌법\\n'
    """
    return (_DATA / "korean_constitution.txt").read_text(encoding="utf-8")


def stratified_split(target, fractions, *, seed=0):
    """Split rows at random into parts that keep the shares of the classes.

    Parameters
    ----------
    target : (N,) array of class labels
    fractions : sequence of float
        Share of the rows for each part, in order; they sum to 1.
    seed : int
        The same seed gives the same parts.

    Returns
    -------
    tuple of int64 arrays
        Sorted row numbers, one array for each part; every row is in exactly one of them. The rows of a
        class are cut at the nearest whole row or, where the parts would else get a wrong size, at the next:
        a part of many small classes has its share of all rows, too, unless a class would vanish from it.

    Raises
    ------
    ValueError
        If the fractions are not positive or do not sum to 1, or a class has too few rows to be in
        every part.

    Examples
    --------
    >>> train, test = stratified_split([0, 0, 0, 0, 1, 1], [0.5, 0.5])
    >>> len(train), len(test)
    (3, 3)
    """
    target = _one_per_row("target", target)
    fractions = _shares("fractions", fractions)
    rng = np.random.default_rng(integer_from(0, "seed", seed))
    labels, sizes = np.unique(target, return_counts=True)
    pieces = []
    for label, cuts in zip(labels, _cuts(sizes, np.cumsum(fractions)[:-1]), strict=True):
        rows = rng.permutation(np.flatnonzero(target == label))
        pieces.append(np.split(rows, cuts))
        if not all(len(piece) for piece in pieces[-1]):
            raise ValueError(
                f"class {label} has {len(rows)} rows, too few for one in each of {len(fractions)} parts "
                f"{fractions}: use fewer parts or merge the class with another"
            )
    return tuple(np.sort(np.concatenate(part)) for part in zip(*pieces, strict=True))


def grouped_folds(groups, n_folds, *, seed=0):
    """Folds for cross-validation in which no group (person, patient, author) is on both sides.

    The groups are dealt out at random, the same number to each fold (or one fewer).

    Parameters
    ----------
    groups : (N,) array
        The group of each row.
    n_folds : int
        At least 2, at most the number of groups.
    seed : int
        The same seed gives the same folds.

    Returns
    -------
    list of (train, held_out)
        `n_folds` pairs of sorted int64 row numbers; every row is held out in exactly one fold.

    Raises
    ------
    ValueError
        If there are fewer than 2 folds, or fewer groups than folds.

    Examples
    --------
    >>> for train, held_out in grouped_folds(["a", "a", "b", "c"], 3):
    ...     print(train, held_out)
    [0 1 3] [2]
    [0 1 2] [3]
    [2 3] [0 1]
    """
    n_folds = integer_from(2, "n_folds", n_folds)
    kinds, group_of_row = np.unique(_one_per_row("groups", groups), return_inverse=True)
    if len(kinds) < n_folds:
        raise ValueError(f"{n_folds} folds need at least {n_folds} groups, got {len(kinds)}")
    rng = np.random.default_rng(integer_from(0, "seed", seed))
    fold_of_group = rng.permutation(len(kinds)) % n_folds
    fold = fold_of_group[group_of_row]
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]


def _cuts(sizes, ends):
    """After how many rows each class is cut, (classes, parts - 1); `ends` are shares of the rows."""
    shares = np.outer(sizes, ends)
    cuts = np.rint(shares).astype(int)
    for k, total in enumerate(np.rint(ends * sizes.sum()).astype(int)):
        # What was rounded away adds up over the classes: it goes back to those that lost most, one row each,
        # unless it is the last row that the class has in a part.
        missing = total - cuts[:, k].sum()
        counts = np.diff(cuts, prepend=0, append=sizes[:, None])
        lost = np.sign(missing) * (shares - cuts)[:, k] * (counts[:, k + (missing > 0)] > 1)
        most = np.argsort(-lost, kind="stable")[: abs(missing)]
        cuts[most, k] += np.sign(missing) * (lost[most] > 0)
    return cuts


def _one_per_row(name, value):
    """Labels of any kind as a (N,) array with at least one row."""
    array = to_numpy(value, name)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"{name} must have one value for each row, shape (N,); got shape {array.shape}")
    return array


def _shares(name, value):
    """Positive numbers that sum to 1."""
    array = real_array(name, value)
    if array.ndim != 1 or not np.all(array > 0) or not np.isclose(array.sum(), 1):
        raise ValueError(f"{name} must be positive and sum to 1, such as [0.6, 0.2, 0.2]; got {value}")
    return array
