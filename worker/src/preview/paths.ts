/** Paths inside a project: relative, `/`-separated, never above the root. */

/** Tell whether a manifest may carry this path: normal, relative, and without surprises for any system. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.startsWith("/") || /[\\\0:]/.test(path) || /^\p{Cc}|\p{Cc}/u.test(path))
    return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Give the extension in lower case with its dot, or "". */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot).toLowerCase();
}

/** Give the normal form of `relative` seen from `directory`, or null when it leaves the project. */
export function joinPath(directory: string, relative: string): string | null {
  const segments: string[] = directory === "" ? [] : directory.split("/");
  for (const segment of relative.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join("/");
}

/** Give `directory` and all its parents, nearest first; the root is "". */
export function ancestors(directory: string): string[] {
  const found = [directory];
  for (let at = directory; at !== "";) {
    at = directoryOf(at);
    found.push(at);
  }
  return found;
}

/** Stands in the name of a CSS module, so that two of the same name have different classes. */
export const STYLE_MARK = /\.hs-[0-9a-z]+(?=\.css$)/;

/** Give the file behind a module's name, which has a namespace before it and may say which part it is. */
export function projectPath(name: string): string {
  return name
    .replace(/^[a-z-]+:/, "")
    .replace(/(\?[a-z]+|#(script|style)-\d+)$/, "")
    .replace(STYLE_MARK, "");
}
