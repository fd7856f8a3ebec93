/** Where a file lies in a project's folder. */
import { isAbsolute, posix, relative, sep } from "node:path";

/** Tell whether a path lies in a folder; a comment of a stranger may name one that does not. */
export function isInside(root: string, file: string): boolean {
  const path = relative(root, file);
  // On Windows the way to another drive is an absolute path.
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Give a file's path as manifests name it. */
export function pathIn(root: string, file: string): string {
  return relative(root, file).split(sep).join(posix.sep).normalize("NFC");
}
