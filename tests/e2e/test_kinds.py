"""Projects of the other kinds, as their tools or people make them, are seen on a phone.

What create-vite makes, and React Native's larger sample, are in test_samples.py; workspaces in
test_workspaces.py.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone
from hivesync_dev.project_files import Content, write_files
from hivesync_dev.samples import COMMUNITY_TEMPLATE, EXPO_BLANK, EXPO_BLANK_TYPESCRIPT, unpack_template
from playwright.sync_api import expect

Preview = Callable[..., LocalPreview]
TEMPLATES = {
    EXPO_BLANK: "Open up App.js to start working on your app!",
    EXPO_BLANK_TYPESCRIPT: "Open up App.tsx to start working on your app!",
    COMMUNITY_TEMPLATE: "Open App.tsx to get started",
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Fetch all templates at once; they stay unedited."""
    parent = tmp_path_factory.mktemp("templates")
    with ThreadPoolExecutor() as pool:
        folders = pool.map(lambda package: unpack_template(package, parent), TEMPLATES)
        return dict(zip(TEMPLATES, folders, strict=True))


def shown(phone: Phone, preview: LocalPreview) -> None:
    """Open a preview that must be ready."""
    assert preview.state is PreviewState.READY, preview.error
    phone.open(preview.preview_url)


@pytest.mark.parametrize("package", TEMPLATES)
def test_a_native_template_of_npm_is_shown_unedited(
    package: str, templates: dict[str, Path], preview: Preview, phone: Phone
) -> None:
    shown(phone, preview(templates[package]))
    expect(phone.app.get_by_text(TEMPLATES[package])).to_be_visible()
    assert phone.errors == []
    phone.keep_screenshot(package.lstrip("@").replace("/", "-").split("@")[0])


def test_a_text_is_read_as_on_github(preview: Preview, phone: Phone, tmp_path: Path) -> None:
    write_files(
        tmp_path / "notes",
        {
            "README.md": "# Bees\n\nThey *fly*.\n\n| who | how |\n|---|---|\n| drone | slow |\n\n- [x] hive\n"
            "\n```js\nbuzz()\n```\n\n> quiet\n\n![bee](img/bee.svg)\n"
            "<script>document.title = 'run'</script>\n",
            "img/bee.svg": SVG,
        },
    )
    result = preview(tmp_path / "notes" / "README.md")
    shown(phone, result)
    expect(phone.app.get_by_role("heading", name="Bees")).to_be_visible()
    expect(phone.app.get_by_role("cell", name="drone")).to_be_visible()
    expect(phone.app.get_by_role("checkbox")).to_be_checked()
    image = phone.app.get_by_role("img", name="bee")
    expect(image).to_have_js_property("naturalWidth", 40)
    phone.keep_screenshot("markdown")


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">'
    '<circle cx="20" cy="20" r="18" fill="#f5b400"/></svg>'
)


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def test_a_drawing_is_shown_alone(preview: Preview, phone: Phone, tmp_path: Path) -> None:
    write_files(tmp_path / "art", {"sun & co.svg": SVG})
    shown(phone, preview(tmp_path / "art" / "sun & co.svg"))
    image = phone.app.get_by_role("img", name="sun & co.svg")
    expect(image).to_have_js_property("naturalWidth", 40)
    expect(phone.app.get_by_text(re.compile("bytes$"))).to_be_visible()
    assert phone.errors == []
    phone.keep_screenshot("image")


@pytest.mark.parametrize(
    ("package", "element", "imported"),
    [
        ("react", "button", "import { useState } from 'react'"),
        ("preact", "button", "import { useState } from 'preact/hooks'"),
        ("react-native", "Text", "import { Text } from 'react-native'\nimport { useState } from 'react'"),
    ],
)
def test_a_component_is_shown_alone_with_its_properties(
    package: str, element: str, imported: str, preview: Preview, phone: Phone, tmp_path: Path
) -> None:
    press = "onPress" if element == "Text" else "onClick"
    source = f"""{imported}

interface Props {{
  label: string
  step?: number
}}

export function Counter({{ label, step = 2 }}: Props) {{
  const [count, setCount] = useState(0)
  return <{element} {press}={{() => setCount(count + step)}}>{{label}} {{count}}</{element}>
}}
"""
    manifest: dict[str, object] = {"name": "parts", "dependencies": {package: "*"}}
    root = write_files(tmp_path / "parts", {"package.json": manifest, "src/Counter.tsx": source})

    shown(phone, preview(root, entry="src/Counter.tsx"))

    counter = phone.app.get_by_text("label 0")
    counter.tap()
    expect(phone.app.get_by_text("label 2")).to_be_visible()
    props = phone.app.get_by_role("region", name="Props")
    expect(props.get_by_role("row", name=re.compile(r"step\? number 2"))).to_be_visible()
    assert phone.errors == []
    phone.keep_screenshot(f"component-{package}")


def test_an_app_sees_what_is_replaced_working(preview: Preview, phone: Phone, tmp_path: Path) -> None:
    app = """
import AsyncStorage from '@react-native-async-storage/async-storage'
import { useEffect, useState } from 'react'
import { Ionicons } from '@expo/vector-icons'
import { Image } from 'expo-image'
import { LinearGradient } from 'expo-linear-gradient'
import { card } from '@ui/card'
import { Text } from 'react-native'

export default function App() {
  const [kept, setKept] = useState('nothing')
  useEffect(() => {
    AsyncStorage.setItem('a', 'kept').then(() => AsyncStorage.getItem('a')).then(setKept)
  }, [])
  return <LinearGradient colors={['#fc0', '#f60']} style={{ flex: 1, padding: 40 }}>
    <Ionicons name="heart" size={32} />
    <Image source={require('./assets/sun.png')} style={{ width: 40, height: 40 }} alt="sun" />
    <Text>{kept} {card}</Text>
  </LinearGradient>
}
"""
    babel = "module.exports = { plugins: [['module-resolver', { alias: { '@ui': './ui' } }]] }"
    files: dict[str, Content] = {
        "package.json": {"name": "shop", "dependencies": {"react-native": "*", "expo": "*"}},
        "App.js": app,
        "ui/card.ios.js": "export const card = 'for ios'",
        "ui/card.js": "export const card = 'for others'",
        "babel.config.js": babel,
        "assets/sun@2x.png": PNG,
    }
    root = write_files(tmp_path / "shop", files)

    made = preview(root, platform="ios")
    warned = {each.message.split('"')[1]: (each.path, each.line) for each in made.warnings}
    # Where each is imported, so that an editor can show it there.
    assert warned["expo-image"] == (str(root / "App.js"), 5)
    assert "@react-native-async-storage/async-storage" in warned
    shown(phone, made)

    expect(phone.app.get_by_text("kept for ios")).to_be_visible()
    expect(phone.app.get_by_role("img", name="heart")).to_be_visible()
    expect(phone.app.get_by_role("img", name="sun")).to_be_visible()
    assert phone.errors == []
    phone.keep_screenshot("stand-ins")
