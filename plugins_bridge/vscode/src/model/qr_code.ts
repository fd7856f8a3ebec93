/** The code of a phone link, as the path of an SVG: digits and letters only, so it can stand in a page as it is. */
import { generate } from "lean-qr";

export interface QrCode {
  /** Modules on a side, without the quiet zone. */
  size: number;
  /** One square per dark module, for an SVG of `size` units. */
  path: string;
}

export function qrCode(link: string): QrCode {
  const code = generate(link);
  const squares: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) {
        squares.push(`M${String(x)} ${String(y)}h1v1h-1z`);
      }
    }
  }
  return { size: code.size, path: squares.join("") };
}
