/**
 * What a tap on a link does: another site opens in the browser, another page of this one is asked for, and a place on
 * the same page is scrolled to. The frame itself never leaves the preview.
 */
import { isSamePage, targetOf } from "../../src/preview/page_addresses.ts";
import type { FromFrame } from "../messages.ts";

/** `here` gives the address of the page that the frame shows. */
export function catchLinks(here: () => string, send: (message: FromFrame) => void): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a[href], area[href]");
    if (!link || event.defaultPrevented) return;
    const address = link.getAttribute("href") ?? "";
    if (address.startsWith("#")) return;
    event.preventDefault();
    if (/^https?:\/\//i.test(address)) send({ type: "open", href: address });
    else if (isPlaceHere(address, here())) location.hash = targetOf(address, here())?.hash ?? "";
    else if (targetOf(address, here())) send({ type: "follow", href: address });
  });
}

function isPlaceHere(address: string, here: string): boolean {
  const target = targetOf(address, here);
  if (!target || target.hash === "") return false;
  return isSamePage(target.path, here) && target.search === location.search;
}

/** Go to the place that the page was opened at, once it is drawn. */
export function scrollToPlace(): void {
  if (location.hash.length < 2) return;
  const id = decoded(location.hash.slice(1));
  (document.getElementById(id) ?? document.getElementsByName(id)[0])?.scrollIntoView();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
