"""Commands of the report are copied with a button."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import FOUND


def test_command_for_tensorboard_is_copied(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    command = f"bench tensorboard {FOUND.run} --open"
    button = page.get_by_role("button", name=f"Copy {command}")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == command
    context.close()
