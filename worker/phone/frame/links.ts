/** A tap on a link to another site opens it in the browser; the frame itself never leaves the preview. */
import type { FromFrame } from "../messages.ts";

export function catchLinks(send: (message: FromFrame) => void): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a[href]");
    if (!link || event.defaultPrevented) return;
    const address = link.getAttribute("href") ?? "";
    if (address.startsWith("#")) return;
    event.preventDefault();
    if (/^https?:\/\//i.test(address)) send({ type: "open", href: address });
  });
}
