"""What all tests share: the kernels' environment, examples that repeat, and one built book."""

import book
import pytest
import refresh
from hypothesis import settings

# The chapters run here as they do in tools/refresh.py; nbval's kernels inherit it.
refresh.set_environment()

# The same examples in every run, and no deadline that a busy machine would miss.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the book's pages, built strictly outside the repository.

    Tests that use it stand in one file, so that only one of the parallel workers builds it.
    """
    status, pages = book.build(tmp_path_factory.mktemp("site"))
    assert status == 0, "the book does not build without warnings: see the output above"
    return pages
