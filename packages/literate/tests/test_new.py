"""`python -m literate new`: a book that builds at once."""

from running import Book


def test_a_new_book_is_good_at_once(tmp_path):
    assert "made my-book/" in Book(tmp_path).good("literate", "new", "my-book")
    book = Book(tmp_path / "my-book")
    assert "checked 2 pages: all good" in book.good("literate", "check")
    assert "built site/" in book.good("literate", "build")
    index = (book.folder / "site" / "index.html").read_text("utf-8")
    assert "<title>My book</title>" in index
    chapter = (book.folder / "site" / "pythagoras" / "index.html").read_text("utf-8")
    assert 'class="tp-card__ok tp-check"' in chapter
    assert "site/" in (book.folder / ".gitignore").read_text()


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    done = Book(tmp_path).run("literate", "new", "mine")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().startswith("mine: exists and is not empty\n    → name a folder")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
