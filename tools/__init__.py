"""What builds and keeps the course: `python -m tools.NAME` in the root folder, mostly by way of `make`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = {"ko": ROOT, "en": ROOT / "en"}  # where the chapters and pages of each language stand


def say(text):
    print(f"== {text}", flush=True)


def fail(text):
    sys.exit(f"== {text}")
