"""What people are shown and told, and what they answer."""

from __future__ import annotations

from typing import Any

from tests.plugins.sublime.host import rules

shown: dict[str, list[Any]] = {"status": [], "errors": [], "questions": [], "popups": [], "clipboard": []}
answers: list[bool] = []


def status_message(message: str) -> None:
    rules.on_main_thread("sublime.status_message")
    shown["status"].append(message)


def error_message(message: str) -> None:
    rules.on_main_thread("sublime.error_message")
    shown["errors"].append(message)


def ok_cancel_dialog(message: str, ok_title: str = "", title: str = "") -> bool:
    rules.on_main_thread("sublime.ok_cancel_dialog")
    shown["questions"].append(message)
    return answers.pop(0) if answers else False


def set_clipboard(text: str) -> None:
    rules.on_main_thread("sublime.set_clipboard")
    shown["clipboard"].append(text)
