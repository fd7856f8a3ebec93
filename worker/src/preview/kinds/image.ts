/** One image, alone: fitted to the screen, on a pattern that shows what is transparent. */
import type { SourceManifest } from "../../contract.gen.ts";
import { directoryOf, extensionOf } from "../paths.ts";
import { urlOfFile } from "../project.ts";
import type { Sources } from "../sources.ts";
import { attribute, escapeHtml, planOfPage } from "./page.ts";
import type { Plan } from "./plan.ts";

const STYLE = `
html, body { height: 100%; margin: 0 }
body { display: grid; grid-template-rows: 1fr auto; font: 14px/1.4 system-ui, sans-serif; background: Canvas; color: CanvasText }
figure { display: contents }
.stage { display: grid; place-items: center; min-height: 0; padding: 16px;
  background: repeating-conic-gradient(#8883 0 25%, transparent 0 50%) 0 0 / 20px 20px }
img { max-width: 100%; max-height: 100%; min-height: 0; object-fit: contain }
img.drawing { min-width: min(60%, 240px) }
figcaption { padding: 12px 16px; overflow-wrap: anywhere }`;

export function planImage(manifest: SourceManifest, sources: Sources): Plan {
  const { entry } = manifest;
  const root = directoryOf(entry);
  const size = sources.files.get(entry)?.size ?? 0;
  const name = entry.slice(root === "" ? 0 : root.length + 1);
  const address = encodeURI(urlOfFile({ root }, entry));
  // A drawing has no pixels that growing would show.
  const drawing = extensionOf(entry) === ".svg" ? ' class="drawing"' : "";
  const body = `<figure><div class="stage"><img${drawing} src="${attribute(address)}" alt="${attribute(name)}"></div>
<figcaption>${escapeHtml(name)} · ${kilobytes(size)}</figcaption></figure>`;
  return planOfPage(manifest, sources, { root, title: name, style: STYLE, body, assetPaths: [entry] });
}

function kilobytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`;
}
