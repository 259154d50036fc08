"""The shipped data are what their README says, can be rebuilt, and are split without a leak."""

import csv
import hashlib
import re
import subprocess
import sys
import unicodedata
from importlib import resources

import numpy as np
import pytest

from nllutils import datasets
from tools import ROOT, make_datasets

DATA = make_datasets.DATA
README = (DATA / "README.md").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", README, flags=re.MULTILINE))


# --- the files ----------------------------------------------------------------------------------------


def test_readme_lists_every_file():
    assert set(LISTED) == {path.name for path in DATA.iterdir()} - {"README.md"}


@pytest.mark.parametrize("name", LISTED)
def test_content_is_the_documented_one(name):
    assert hashlib.sha256(make_datasets.shipped(name)).hexdigest() == LISTED[name]
    assert (DATA / name).stat().st_size <= 400_000


def test_rand_health_is_rebuilt_from_upstream():
    upstream = resources.files("statsmodels.datasets.randhie")
    subset = (upstream / "randhie.csv").read_text()
    full = (upstream / "src" / "randhie.csv").read_text()
    assert make_datasets.rand_health(subset, full) == make_datasets.shipped("rand_health.csv.gz")
    lines = subset.splitlines(keepends=True)
    shuffled = "".join([lines[0], *lines[:0:-1]])
    with pytest.raises(ValueError, match="row order"):
        make_datasets.rand_health(shuffled, full)


def test_upstream_versions_are_the_documented_and_tested_ones():
    for requirement, paths in (make_datasets.PENGUINS, make_datasets.RAND, make_datasets.LAW):
        assert requirement.replace("==", " ") in README
        assert all(f"`{path}`" in README for path in paths)
    assert make_datasets.RAND[0] in (ROOT / "tests" / "requirements.txt").read_text().splitlines()


# --- the loaders --------------------------------------------------------------------------------------


def entropy(target):
    share = np.bincount(target) / len(target)
    return -np.sum(share * np.log(share))


def assert_well_formed(data, n_features):
    assert data.features.dtype == np.float64 and data.features.shape == (len(data.target), n_features)
    assert data.target.dtype == np.int64 and data.target.shape == (len(data.features),)
    assert np.isfinite(data.features).all()
    assert len(data.feature_names) == n_features
    assert np.unique(data.target).tolist() == list(range(len(data.class_names)))


def test_penguins():
    penguins = datasets.load_penguins()
    assert_well_formed(penguins, 4)
    assert penguins.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert np.bincount(penguins.target).tolist() == [146, 68, 119]
    assert penguins.features[0].tolist() == [39.1, 18.7, 181, 3750]
    assert entropy(penguins.target) == pytest.approx(1.0536, abs=5e-5)


def test_penguins_leaves_out_only_incomplete_rows():
    with open(DATA / "penguins.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert len(rows) == 344
    assert sum("NA" in row[2:6] for row in rows) == 2
    assert sum("NA" in row for row in rows) == 11


def test_rand_health():
    rand = datasets.load_rand_health()
    assert_well_formed(rand, 10)
    assert np.bincount(rand.target).tolist() == [18328, 1560, 302]
    assert entropy(rand.target) == pytest.approx(0.3485, abs=5e-5)
    assert rand.class_names == ("excellent or good", "fair", "poor")
    assert rand.feature_names[:3] == ("lncoins", "idp", "lpi")
    assert rand.groups.dtype == rand.visits.dtype == np.int64
    assert rand.visits.min() == 0 and rand.visits.max() == 77


def test_rand_health_agrees_with_statsmodels():
    from statsmodels.datasets import randhie

    rand, upstream = datasets.load_rand_health(), randhie.load_pandas().data
    for name in ("lncoins", "idp", "lpi", "fmde", "physlm", "disea"):
        np.testing.assert_array_equal(rand.features[:, rand.feature_names.index(name)], upstream[name])
    np.testing.assert_array_equal(rand.visits, upstream["mdvis"])
    np.testing.assert_array_equal(rand.target == 1, upstream["hlthf"] == 1)
    np.testing.assert_array_equal(rand.target == 2, upstream["hlthp"] == 1)


def test_rand_health_rates_a_person_once():
    rand = datasets.load_rand_health()
    person_and_label = set(zip(rand.groups.tolist(), rand.target.tolist(), strict=True))
    assert len(person_and_label) == len(np.unique(rand.groups)) == 5912


def test_korean_law():
    text = datasets.load_korean_law()
    assert (len(text), len(set(text)), len(text.encode())) == (18884, 380, 45503)
    assert text.startswith("대한민국헌법\n") and "제1조 ① 대한민국은 민주공화국이다." in text
    assert "\r" not in text
    # A syllable is one character of three bytes, not two or three letters of three bytes each.
    assert unicodedata.is_normalized("NFC", text)


def test_korean_law_is_read_as_utf8_whatever_the_locale():
    load = "from nllutils import datasets; datasets.load_korean_law()"
    strict = ["-X", "utf8=0", "-X", "warn_default_encoding", "-W", "error::EncodingWarning"]
    subprocess.run([sys.executable, *strict, "-c", load], check=True, cwd=ROOT)


@pytest.mark.parametrize("load", [datasets.load_penguins, datasets.load_rand_health])
def test_each_call_gives_its_own_arrays(load):
    first = load()
    kept = first.features[0, 0]
    first.features[:] = -1
    first.target[:] = -1
    assert load().features[0, 0] == kept
    assert load().target.min() == 0


# --- stratified_split ---------------------------------------------------------------------------------


def test_stratified_split_is_a_partition_that_keeps_the_shares():
    target = datasets.load_penguins().target
    fractions = (0.6, 0.2, 0.2)
    parts = datasets.stratified_split(target, fractions, seed=3)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(target)))
    for part, fraction in zip(parts, fractions, strict=True):
        assert np.all(np.diff(part) > 0)
        assert np.all(np.abs(np.bincount(target[part]) - fraction * np.bincount(target)) <= 1)


@pytest.mark.parametrize("share", [0.5, 0.7, 0.1])
def test_the_parts_of_many_small_classes_have_their_shares_of_all_rows(share):
    target = np.repeat(np.arange(100), 13)
    parts = datasets.stratified_split(target, [share, 1 - share])
    assert [len(part) for part in parts] == np.rint([1300 * share, 1300 * (1 - share)]).tolist()
    for part, fraction in zip(parts, [share, 1 - share], strict=True):
        assert np.all(np.abs(np.bincount(target[part]) - 13 * fraction) < 1)


@pytest.mark.parametrize("share", [0.7, 0.3])
def test_the_classes_that_rounding_hurt_most_make_up_for_it(share):
    target = np.repeat(np.arange(8), [13, 12] * 4)  # 9.1 and 8.4 of them are in the greater part
    first, _ = datasets.stratified_split(target, [share, 1 - share])
    assert len(first) == 100 * share
    assert set(np.bincount(target[first])[::2]) == {9 if share == 0.7 else 4}


@pytest.mark.parametrize(
    ("classes", "rows", "fractions", "expected"),
    [
        (20, 8, [0.9, 0.1], [140, 20]),  # not 144 and 16
        (5, 8, [0.9, 0.1], [35, 5]),  # not 36 and 4
        (20, 8, [0.65, 0.1, 0.25], [100, 20, 40]),  # not 104, 16 and 40
        (20, 17, [0.1, 0.9], [34, 306]),  # of two rows a class can spare one
    ],
)
def test_no_class_vanishes_from_a_part_for_the_sake_of_its_size(classes, rows, fractions, expected):
    parts = datasets.stratified_split(np.repeat(np.arange(classes), rows), fractions)
    assert [len(part) for part in parts] == expected


def test_stratified_split_is_seeded():
    labels = ["a"] * 30 + ["b"] * 10
    train, test = datasets.stratified_split(labels, [0.5, 0.5], seed=1)
    again, _ = datasets.stratified_split(labels, [0.5, 0.5], seed=1)
    other, _ = datasets.stratified_split(labels, [0.5, 0.5], seed=2)
    np.testing.assert_array_equal(train, again)
    assert not np.array_equal(train, other)
    assert len(train) == len(test) == 20


@pytest.mark.parametrize(
    ("target", "fractions", "message"),
    [
        ([0, 1], [0.5, 0.4], r"sum to 1, such as \[0.6, 0.2, 0.2\]; got \[0.5, 0.4\]"),
        ([0, 1], [1.5, -0.5], "positive"),
        ([0, 1], [1.0, 0.0], "positive"),
        ([0, 1], [200, 133], "sum to 1"),
        ([0, 0, 1], [0.5, 0.5], "class 1 has 1 rows, too few for one in each of 2 parts"),
        ([], [1.0], r"shape \(0,\)"),
        ([[0], [1]], [0.5, 0.5], r"shape \(N,\); got shape \(2, 1\)"),
    ],
)
def test_stratified_split_says_what_is_wrong(target, fractions, message):
    with pytest.raises(ValueError, match=message):
        datasets.stratified_split(target, fractions)


@pytest.mark.parametrize("seed", [None, -1, "0", True])
def test_a_seed_is_an_integer(seed):
    for split in (datasets.stratified_split, datasets.grouped_folds):
        with pytest.raises(ValueError, match="seed must be an integer of at least 0, got"):
            split([0, 0, 1, 1], 2 if split is datasets.grouped_folds else [0.5, 0.5], seed=seed)


# --- grouped_folds ------------------------------------------------------------------------------------


def test_grouped_folds_hold_each_row_out_once_and_never_split_a_person():
    groups = datasets.load_rand_health().groups
    folds = datasets.grouped_folds(groups, 5, seed=0)
    held_out = np.concatenate([rows for _, rows in folds])
    np.testing.assert_array_equal(np.sort(held_out), np.arange(len(groups)))
    for train, rows in folds:
        assert len(train) + len(rows) == len(groups)
        assert not set(groups[train].tolist()) & set(groups[rows].tolist())
        assert len(np.unique(groups[rows])) in (1182, 1183)  # 5912 / 5


def test_grouped_folds_are_seeded():
    groups = np.repeat(np.arange(20), 3)
    first, again, other = (datasets.grouped_folds(groups, 4, seed=seed)[0][1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("groups", "n_folds", "message"),
    [
        (["a", "a", "b"], 3, "3 folds need at least 3 groups, got 2"),
        (["a", "b"], 1, "n_folds must be an integer of at least 2, got 1"),
        (["a", "b"], 2.0, "n_folds must be an integer of at least 2, got 2.0"),
        ([], 2, r"shape \(0,\)"),
    ],
)
def test_grouped_folds_say_what_is_wrong(groups, n_folds, message):
    with pytest.raises(ValueError, match=message):
        datasets.grouped_folds(groups, n_folds)
