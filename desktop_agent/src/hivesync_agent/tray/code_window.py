"""A window with a preview's code, for the main loop that the tray's menu runs in (GTK)."""

from __future__ import annotations

import base64
import io
from typing import Any

from hivesync_contract.local_api import LocalPreview

from hivesync_agent.tray.view import folder_name

_CODE_PIXELS = 360
_ADVICE = (
    "Scan it with the phone's camera. The link opens within ten minutes;\nshow the code again for a new one."
)


def enlarged(preview: LocalPreview) -> Any:
    """Give the code as a grey picture, scaled up without blur: a phone reads it from across the desk."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(preview.qr_png.partition(",")[2]))).convert("L")
    factor = max(1, round(_CODE_PIXELS / image.width))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def show_window(preview: LocalPreview) -> None:
    """Open the window soon; from any thread."""
    from gi.repository import GLib

    GLib.idle_add(_open, preview)


def _open(preview: LocalPreview) -> bool:
    from gi.repository import Gdk, GLib, Gtk

    window = Gtk.Window(title=f"HiveSync: {folder_name(preview)}", resizable=False)
    window.set_position(Gtk.WindowPosition.CENTER)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=14, border_width=20)
    name = Gtk.Label()
    name.set_markup(f"<big><b>{GLib.markup_escape_text(folder_name(preview))}</b></big>")
    advice = Gtk.Label(label=_ADVICE, justify=Gtk.Justification.CENTER)
    for part in (name, _code(preview), advice, _copy_button(preview.preview_url)):
        box.pack_start(part, False, False, 0)
    window.add(box)
    window.connect("key-press-event", lambda _, event: event.keyval == Gdk.KEY_Escape and window.destroy())
    window.show_all()
    window.present()
    return False  # once, not in every idle moment


def _code(preview: LocalPreview) -> Any:
    from gi.repository import GdkPixbuf, GLib, Gtk

    picture = enlarged(preview).convert("RGB")
    pixels = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(picture.tobytes()),
        GdkPixbuf.Colorspace.RGB,
        *(False, 8, picture.width, picture.height, picture.width * 3),
    )
    return Gtk.Image.new_from_pixbuf(pixels)


def _copy_button(link: str) -> Any:
    from gi.repository import Gdk, Gtk

    button = Gtk.Button(label="Copy link", halign=Gtk.Align.CENTER)

    def copy(_: Any) -> None:
        clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
        clipboard.set_text(link, -1)
        button.set_label("Copied")

    button.connect("clicked", copy)
    return button
