# What this plugin uses of Sublime Text's API, written from https://www.sublimetext.com/docs/api_reference.html.
import sublime

class ApplicationCommand: ...

class WindowCommand:
    window: sublime.Window
    def __init__(self, window: sublime.Window) -> None: ...

class TextCommand:
    view: sublime.View
    def __init__(self, view: sublime.View) -> None: ...

class EventListener: ...
