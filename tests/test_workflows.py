"""The workflows type what README says, may do no more than they need, and run only what is pinned."""

import re

import pytest
import yaml
from install import ROOT

WORKFLOWS = {path.name: path.read_text("utf8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}
# What a job may do beyond reading the repository. Only publishing needs anything.
ALLOWED = {
    ("publish.yml", "build"): {"contents": "read", "pages": "read"},
    ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
}
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/[\w-]+\.yml")


def permission_faults(name, text):
    """Return the rights that the workflow or one of its jobs has and should not have."""
    workflow = yaml.safe_load(text)
    rights = {None: workflow.get("permissions", "not stated")}
    rights |= {job: its["permissions"] for job, its in workflow["jobs"].items() if "permissions" in its}
    return {job: has for job, has in rights.items() if has != ALLOWED.get((name, job), {"contents": "read"})}


def unpinned(text):
    """Return the actions that are not named by a commit with its release, nor by a file of ours."""
    return [action for action in re.findall(r"uses: *(.+)", text) if not PINNED.fullmatch(action)]


def steps(text):
    """Return all steps of all jobs; a job that calls another workflow has none."""
    return [step for job in yaml.safe_load(text)["jobs"].values() for step in job.get("steps", [])]


def scripts(text):
    """Return what the workflow types, one text for each step."""
    return [step["run"] for step in steps(text) if "run" in step]


def unknown(script):
    """Return the targets of `make` and the files of ours that `script` names and that do not exist."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf8"), re.MULTILINE))
    made = {name for call in re.findall(r"^make ([a-z -]+)", script, re.MULTILINE) for name in call.split()}
    files = re.findall(r"(?<![\w./])(?:tools|tests)/[\w./]+", script)
    return made - targets | {file for file in files if not (ROOT / file).exists()}


def pythons(text):
    """Return the minor versions of Python 3 that the workflow names."""
    return {int(minor) for minor in re.findall(r'python(?:-version)?: "3\.(\d+)"', text)}


def triggers(text):
    """Return what starts the workflow; YAML 1.1 reads the key `on` as true."""
    return set(yaml.safe_load(text)[True])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflow_is_safe(name):
    text = WORKFLOWS[name]
    assert not permission_faults(name, text)
    assert not unpinned(text)
    # It would run a stranger's code with our rights.
    assert "pull_request_target" not in triggers(text)
    # A branch can be called `; rm -rf ~`: what others write reaches a shell through `env` or not at all.
    assert not [script for script in scripts(text) if "${{" in script]
    checkouts = [step for step in steps(text) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflow_types_what_exists(name):
    jobs = yaml.safe_load(WORKFLOWS[name])["jobs"].values()
    assert all("timeout-minutes" in job for job in jobs if "steps" in job)
    assert not set().union(*map(unknown, scripts(WORKFLOWS[name])))


def test_pythons_are_the_promised_ones():
    low, high = map(int, re.search(r'">=3\.(\d+),<3\.(\d+)"', (ROOT / "pyproject.toml").read_text()).groups())
    assert {low, high - 1} <= pythons(WORKFLOWS["ci.yml"])
    assert all(pythons(text) <= set(range(low, high)) for text in WORKFLOWS.values())


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_windows_types_the_lines_of_the_readme(page):
    steps = yaml.safe_load(WORKFLOWS["ci.yml"])["jobs"]["windows"]["steps"]
    assert set(steps[-1]["run"].splitlines()) <= set((ROOT / page).read_text("utf8").splitlines())


def test_nothing_is_published_unchecked():
    jobs = yaml.safe_load(WORKFLOWS["publish.yml"])["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/ci.yml"
    assert set(jobs["deploy"]["needs"]) == {"check", "build"}
    assert {"workflow_call", "pull_request"} <= triggers(WORKFLOWS["ci.yml"])
    assert "schedule" in triggers(WORKFLOWS["drift.yml"])


BAD = """
on: pull_request_target
permissions: write-all
jobs:
  a:
    permissions: {contents: write}
    steps:
      - uses: actions/checkout@v7
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - run: |
          make bok test
          python3 tools/none.py
"""


def test_planted_faults_are_seen():
    assert permission_faults("bad.yml", BAD) == {None: "write-all", "a": {"contents": "write"}}
    assert permission_faults("bad.yml", "jobs: {}") == {None: "not stated"}
    assert len(unpinned(BAD)) == 2
    assert unknown(scripts(BAD)[0]) == {"bok", "tools/none.py"}
    assert pythons('python: "3.9"\npython-version: "3.15"') == {9, 15}
