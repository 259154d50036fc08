"""What builds and keeps the course: `python -m tools.NAME` in the root folder, mostly by way of `make`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def say(text):
    print(f"== {text}", flush=True)


def fail(text):
    sys.exit(f"== {text}")
