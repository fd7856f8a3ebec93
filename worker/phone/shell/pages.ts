/** Which page of a site is open: links of the app lead to others, and "back" of the phone leads back. */
import type { Artifact, LinkedPage, Shown } from "../../src/preview/artifact.ts";
import { filesFor, targetOf } from "../../src/preview/page_addresses.ts";

/** A page with the part of its address that is the reader's. */
export interface Place {
  readonly url: string;
  readonly search: string;
  readonly hash: string;
}

/** Give the place that a link leads to, or null if the version has no such page. */
export function placeOf(artifact: Artifact, href: string, from: string): Place | null {
  const target = targetOf(href, from);
  if (!target) return null;
  const urls = filesFor(target.path);
  const url = urls.find((each) => pageAt(artifact, each) !== null);
  return url === undefined ? null : { url, search: target.search, hash: target.hash };
}

/** Give a page of a version, or null. */
export function pageAt(artifact: Artifact, url: string): Shown | LinkedPage | null {
  return [artifact, ...artifact.pages].find((page) => page.url === url) ?? null;
}

/** Give the addresses of the assets that a page needs at once. */
export function eagerOf(artifact: Artifact, page: Shown | LinkedPage): ReadonlySet<string> {
  if ("eager" in page) return new Set(page.eager);
  return new Set(artifact.assets.filter((asset) => asset.eager).map((asset) => asset.url));
}

/** The browser's history of pages; a place is in it as it was opened. */
export class Trail {
  constructor(changed: (place: Place | null) => void) {
    window.addEventListener("popstate", ({ state }) => {
      changed((state as { readonly place?: Place } | null)?.place ?? null);
    });
  }

  add(place: Place): void {
    history.pushState({ place }, "");
  }
}
