"""An app of 60 source files, once for React Native and once for the web: a screen of tiles, a file each."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

FILES = 60
_TILES = range(1, FILES)

_NATIVE = {"import": "import { StyleSheet, Text, View } from 'react-native';", "box": "View", "text": "Text"}
_WEB = {"import": "const StyleSheet = { create: <T,>(styles: T) => styles };", "box": "div", "text": "span"}

_TILE = Template("""\
import { useState } from 'react';
$import

interface Props {
  readonly color: string;
}

/** A tile of the screen: what it is called, what was saved last, and whether it was looked at. */
export function Tile$number({ color }: Props) {
  const [looks] = useState(0);
  return (
    <$box style={{ ...styles.tile, borderColor: color }}>
      <$text style={styles.title}>Tile $number</$text>
      <$text style={styles.text}>$saved</$text>
      <$box style={styles.row}>
        <$text style={styles.label}>{looks === 0 ? 'new' : `seen $${looks} times`}</$text>
        <$text style={styles.label}>{color}</$text>
      </$box>
    </$box>
  );
}

const styles = StyleSheet.create({
  tile: { padding: 12, marginBottom: 8, borderWidth: 1, borderRadius: 12, backgroundColor: '#ffffff' },
  row: { display: 'flex', flexDirection: 'row', justifyContent: 'space-between' },
  title: { fontSize: 19, fontWeight: '700', color: '#26221c' },
  text: { fontSize: 16, color: '#26221c' },
  label: { fontSize: 12, letterSpacing: 0.6, color: '#766e62' },
});
""")

_APP = Template("""\
$import
$imports

export default function App() {
  return (
    <$box style={styles.screen}>
$tiles
    </$box>
  );
}

const styles = StyleSheet.create({ screen: { padding: 16, backgroundColor: '#f6f3ee' } });
""")


def marker(save: int) -> str:
    """Give the text that is on the page after this save, and at no other time. Always equally long."""
    return f"save {save:04}"


def make_native_app(folder: Path) -> Path:
    """Write the React Native app; give the folder of its tiles."""
    packages = {"expo": "~57.0.3", "react": "19.2.3", "react-native": "0.86.0"}
    manifest = {"name": "tiles", "main": "expo/AppEntry.js", "dependencies": packages}
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps(manifest), "utf-8")
    return _write(folder / "App.tsx", folder / "src" / "tiles", _NATIVE)


def make_web_app(project: Path) -> Path:
    """Put the same app into a Vite project; give the folder of its tiles."""
    return _write(project / "src" / "App.tsx", project / "src" / "tiles", _WEB)


def save_tile(tiles: Path, save: int) -> int:
    """Show the marker of `save` in one tile, as one write of an editor; give the size of the file.

    The text is as long as before, so that nobody ever reads half a file.
    """
    number = _TILES[save % len(_TILES)]
    file = tiles / f"Tile{number:02}.tsx"
    before = file.read_bytes()
    at = before.index(b"save 0")
    text = before[:at] + marker(save).encode() + before[at + len(marker(save)) :]
    with file.open("r+b", buffering=0) as opened:
        opened.write(text)
    return len(text)


def _write(app: Path, tiles: Path, words: dict[str, str]) -> Path:
    tiles.mkdir(parents=True)
    for number in _TILES:
        text = _TILE.substitute(words, number=f"{number:02}", saved=marker(0))
        (tiles / f"Tile{number:02}.tsx").write_text(text, "utf-8")
    where = f"./{tiles.relative_to(app.parent).as_posix()}"
    imports = [f"import {{ Tile{number:02} }} from '{where}/Tile{number:02}';" for number in _TILES]
    shown = [f"      <Tile{number:02} color='#c2512f' />" for number in _TILES]
    text = _APP.substitute(words, imports="\n".join(imports), tiles="\n".join(shown))
    app.write_text(text, "utf-8")
    return tiles
