"""Choosing files: what a creator sees, and what the form would send, which is never the file."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Locator, Page, expect

from registry.labels import MEDIA

Serve = Callable[[str], str]

DROP = """([selector, names]) => {
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File([name], name));
  const zone = document.querySelector(selector);
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
}"""
ASKED = re.compile(r"/check/\?")
FIELDS = """(form) => [...new FormData(form)].map(([name, value]) => [name, String(value)])"""


@pytest.fixture
def chooser(page: Page, serve: Serve) -> Page:
    """A page with the list of files to register, in a form."""
    files = render_to_string("parts/files.html", {"media": MEDIA})
    page.goto(
        serve(
            f"<main><h1>Register</h1><form>{files}<button data-submit>Register</button></form>"
            '<script type="module" src="/static/registry/js/files.js"></script></main>'
        )
    )
    return page


@pytest.fixture
def checker(page: Page, serve: Serve) -> Page:
    """A page that asks about one file."""
    question = render_to_string("parts/check_file.html")
    page.goto(
        serve(
            f"<main><h1>Look up</h1>{question}</main>"
            '<script type="module" src="/static/registry/js/check.js"></script>'
        )
    )
    return page


def test_a_chosen_file_becomes_a_row_to_send(chooser: Page, tmp_path: Path) -> None:
    photo = saved(tmp_path, "low_tide.final.jpg", b"a photo")

    choose(chooser, photo)

    expect(rows(chooser, "done")).to_have_count(1)
    assert sent(chooser) == [
        ["sha256", hashlib.sha256(b"a photo").hexdigest()],
        ["title", "low tide.final"],
        ["medium", "image"],
        ["year", ""],
    ]


def test_several_files_go_one_after_the_other_and_only_then_the_form(
    chooser: Page, tmp_path: Path
) -> None:
    takes = [saved(tmp_path, f"take {n}.wav", b"sound" * n) for n in range(1, 6)]

    choose(chooser, *takes)

    expect(rows(chooser, "done")).to_have_count(5)
    expect(chooser.get_by_text("5 of 5 files ready").first).to_be_visible()
    expect(chooser.get_by_role("status")).to_have_text("5 of 5 files ready")
    expect(chooser.get_by_role("button", name="Register")).to_be_enabled()
    assert [value for name, value in sent(chooser) if name == "title"] == [
        "take 1",
        "take 2",
        "take 3",
        "take 4",
        "take 5",
    ]


def test_the_button_waits_for_the_last_file(chooser: Page, tmp_path: Path) -> None:
    film = saved(tmp_path, "film.mov", bytes(300_000_000))

    choose(chooser, film)

    expect(rows(chooser, "reading")).to_have_count(1)
    expect(chooser.get_by_role("button", name="Register")).to_be_disabled()
    assert sent(chooser) == []
    chooser.get_by_role("button", name="Remove film.mov").click()
    expect(rows(chooser)).to_have_count(0)
    expect(chooser.get_by_role("button", name="Register")).to_be_enabled()


def test_the_next_file_follows_when_one_is_removed_while_it_is_read(
    chooser: Page, tmp_path: Path
) -> None:
    film = saved(tmp_path, "film.mov", bytes(300_000_000))
    poem = saved(tmp_path, "poem.txt", b"a poem")
    choose(chooser, film, poem)

    chooser.get_by_role("button", name="Remove film.mov").click()

    expect(rows(chooser, "done")).to_have_count(1)
    assert ["medium", "text"] in sent(chooser)


def test_an_empty_file_is_refused_in_words(chooser: Page, tmp_path: Path) -> None:
    choose(chooser, saved(tmp_path, "nothing.txt", b""))

    expect(chooser.get_by_text("This file is empty")).to_be_visible()
    assert sent(chooser) == []


def test_the_same_file_twice_is_registered_once(chooser: Page, tmp_path: Path) -> None:
    first = saved(tmp_path, "harbour.png", b"same")
    second = saved(tmp_path, "harbour copy.png", b"same")

    choose(chooser, first, second)

    expect(rows(chooser, "duplicate")).to_have_count(1)
    expect(rows(chooser, "duplicate").get_by_text("the very same file")).to_be_visible()
    assert [value for name, value in sent(chooser) if name == "title"] == ["harbour"]
    chooser.get_by_role("button", name="Remove harbour.png").click()
    expect(rows(chooser, "done")).to_have_count(1)
    assert [value for name, value in sent(chooser) if name == "title"] == ["harbour copy"]


def test_files_can_be_dropped(chooser: Page) -> None:
    chooser.evaluate(DROP, ["[data-drop]", ["one.txt", "two.txt"]])

    expect(rows(chooser, "done")).to_have_count(2)


def test_a_file_dropped_beside_the_box_does_not_replace_the_page(chooser: Page) -> None:
    prevented = chooser.evaluate(
        """() => !document.querySelector("h1").dispatchEvent(
          new DragEvent("drop", { bubbles: true, cancelable: true }))"""
    )

    assert prevented


def test_the_keyboard_is_enough(chooser: Page, tmp_path: Path) -> None:
    chooser.keyboard.press("Tab")
    expect(chooser.get_by_label("Choose files")).to_be_focused()
    choose(chooser, saved(tmp_path, "a.txt", b"a"), saved(tmp_path, "b.txt", b"b"))
    expect(rows(chooser, "done")).to_have_count(2)

    chooser.keyboard.press("Tab")
    expect(chooser.get_by_role("button", name="Remove a.txt")).to_be_focused()
    chooser.keyboard.press("Enter")

    expect(rows(chooser)).to_have_count(1)
    expect(chooser.get_by_role("button", name="Remove b.txt")).to_be_focused()


def test_two_hundred_files_at_once(chooser: Page, tmp_path: Path) -> None:
    choose(chooser, *(saved(tmp_path, f"{n}.txt", str(n).encode()) for n in range(200)))

    expect(rows(chooser, "done")).to_have_count(200, timeout=20_000)
    assert len(sent(chooser)) == 800


def test_no_more_files_are_taken_than_fit_into_one_form(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    files = render_to_string("parts/files.html", {"media": MEDIA, "most": 2})
    page.goto(
        serve(
            f"<main><h1>Register</h1><form>{files}<button data-submit>Register</button></form>"
            '<script type="module" src="/static/registry/js/files.js"></script></main>'
        )
    )

    choose(page, *(saved(tmp_path, f"{n}.txt", str(n).encode()) for n in range(3)))

    expect(rows(page, "done")).to_have_count(2)
    expect(page.get_by_role("alert")).to_contain_text("Only 2 works fit into one go")
    expect(page.get_by_role("button", name="Register")).to_be_enabled()


def test_checking_sends_the_digest_alone(checker: Page, tmp_path: Path) -> None:
    checker.route(ASKED, lambda route: route.fulfill(body="answer"))
    asked: list[tuple[str, str | None]] = []
    checker.on("request", lambda request: asked.append((request.url, request.post_data)))

    choose(checker, saved(tmp_path, "song.mp3", b"a song"))
    checker.wait_for_url(ASKED)

    digest = hashlib.sha256(b"a song").hexdigest()
    addresses = [url for url, body in asked if "/check" in url and "/static/" not in url]
    assert [url.partition("?")[2] for url in addresses] == [f"sha256={digest}"]
    assert all(body is None for _, body in asked)


def test_checking_an_empty_file_says_why_not(checker: Page, tmp_path: Path) -> None:
    choose(checker, saved(tmp_path, "empty.bin", b""))

    expect(checker.get_by_role("alert")).to_contain_text("This file is empty")


def test_checking_can_be_cancelled(checker: Page, tmp_path: Path) -> None:
    choose(checker, saved(tmp_path, "film.mov", bytes(300_000_000)))

    checker.get_by_role("button", name="Cancel").click()

    expect(checker.locator("[data-state=idle]")).to_have_count(1)


@pytest.mark.parametrize("state", ["fresh", "filled"])
def test_it_is_accessible(chooser: Page, tmp_path: Path, state: str) -> None:
    if state == "filled":
        choose(chooser, saved(tmp_path, "a.txt", b"a"), saved(tmp_path, "b.txt", b""))
        expect(rows(chooser, "done")).to_have_count(1)

    found = Axe().run(chooser)

    assert found.violations_count == 0, found.generate_report()


def saved(folder: Path, name: str, content: bytes) -> Path:
    """Save a file to choose."""
    path = folder / name
    path.write_bytes(content)
    return path


def choose(page: Page, *paths: Path) -> None:
    """Choose files as a person would in the browser's dialogue."""
    page.set_input_files("input[type=file]", list(paths))


def rows(page: Page, state: str = "") -> Locator:
    """Find the rows in a state, or all."""
    return page.locator(f"[data-list] > [data-state{f'={state}' if state else ''}]")


def sent(page: Page) -> list[list[str]]:
    """Give the fields that the form would send now."""
    fields: list[list[str]] = page.locator("form").evaluate(FIELDS)
    return fields
