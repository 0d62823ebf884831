"""What all these tests share: what the engine keeps of runs, checks and drawings."""

from collections.abc import Iterator

import pytest
from xdist import is_xdist_worker


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory, request) -> Iterator[None]:
    """One for all books, of all workers, else each copy of a book would run all of it again."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if is_xdist_worker(request) else folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITERATE_CACHE", str(folder / "cache"))
        yield
