"""What the notebooks show and ask with: exercises, interactive figures, data, one training loop, one style.

The statistics stand one folder up and need none of this. `from nllutils import check` finds all of it.
"""
