/** A code that opens the preview on another phone. It is made when it is asked for, since it lasts ten minutes. */
import { generate } from "lean-qr";
import type { Handover } from "./api.ts";
import { button, drawing, h } from "./dom.ts";

/** White around the code, in its own dots: scanners ask for four. */
const MARGIN = 4;

/** Give what the sheet shows for a link that was just made. */
export function handoverParts({ token, devices }: Handover): readonly HTMLElement[] {
  const link = `${location.origin}${location.pathname}#${token}`;
  const copied = h("p", { class: "small", role: "status" });
  const copy = button("Copy the link", "quiet", () => {
    void navigator.clipboard.writeText(link).then(
      () => (copied.textContent = "Copied."),
      () => (copied.textContent = "This browser does not allow copying. Scan the code instead."),
    );
  });
  // Without TLS, on a developer's own network, browsers have no clipboard.
  copy.hidden = !isSecureContext;
  return [
    h("div", { class: "code-card", role: "img", "aria-label": "Code of the preview" }, codeOf(link)),
    h("p", {}, "Scan it with the other phone's camera, within ten minutes."),
    ...noteworthy(devices).map((text) => h("p", { class: "small" }, text)),
    copy,
    copied,
  ];
}

function noteworthy(devices: number): readonly string[] {
  const local = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  return [
    local ? "This address is of this computer alone: a phone can't reach it." : "",
    devices === 1 ? "Your plan shows a preview on one device at a time: close it here then." : "",
  ].filter((text) => text !== "");
}

function codeOf(link: string): SVGSVGElement {
  const code = generate(link);
  const rows: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) rows.push(`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`);
    }
  }
  const svg = drawing(rows.join(""), code.size + 2 * MARGIN);
  svg.setAttribute("shape-rendering", "crispEdges");
  return svg;
}
