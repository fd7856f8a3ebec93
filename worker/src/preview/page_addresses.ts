/** Where a link of one page of a site leads. Said once: the build finds pages by it, and the phone follows links. */

/** No such host exists: addresses that end up here are the project's own. */
const HERE = "http://preview.invalid";

export interface Target {
  /** The path of the address, decoded. */
  readonly path: string;
  readonly search: string;
  readonly hash: string;
}

/** Give where `href` leads on a page at `from`, or null if that is another site. */
export function targetOf(href: string, from: string): Target | null {
  try {
    const url = new URL(href, HERE + encodeURI(from));
    const { origin, search, hash } = url;
    return origin === HERE ? { path: decodeURIComponent(url.pathname), search, hash } : null;
  } catch {
    return null;
  }
}

/** Give the addresses of the files that servers of static sites show for a path, the likeliest first. */
export function filesFor(path: string): string[] {
  return path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`, `${path}/index.html`];
}

/** Tell whether two paths show the same page: a folder stands for its index. */
export function isSamePage(left: string, right: string): boolean {
  return left.replace(/index\.html$/, "") === right.replace(/index\.html$/, "");
}
