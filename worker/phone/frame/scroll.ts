/** Where everything is scrolled to, so that an app that starts anew, or draws anew, is where it was. */

/** Steps from the document's root to an element, and its offsets in pixels. */
export type Scroll = readonly (readonly [path: readonly number[], top: number, left: number])[];

const FRAMES_MAX = 30;

export function readScroll(): Scroll {
  const elements = [document.documentElement, ...document.body.querySelectorAll("*")];
  return elements
    .filter((element) => element.scrollTop !== 0 || element.scrollLeft !== 0)
    .map((element) => [pathOf(element), element.scrollTop, element.scrollLeft]);
}

/** Scroll there as soon as there is enough to scroll; after half a second what is missing is left. */
export function restoreScroll(scroll: Scroll, frames = FRAMES_MAX): void {
  const left = scroll.filter((each) => !scrolled(each));
  if (left.length > 0 && frames > 0)
    requestAnimationFrame(() => {
      restoreScroll(left, frames - 1);
    });
}

function scrolled([path, top, left]: Scroll[number]): boolean {
  const element = elementAt(path);
  if (!element) return false;
  // What is in its place is left alone: to scroll would end a movement of the user's finger.
  // Not by `scrollTo`: React Native Web puts one of its own on its elements, which goes elsewhere.
  if (!isAt(element, top, left)) [element.scrollTop, element.scrollLeft] = [top, left];
  return isAt(element, top, left);
}

function isAt(element: Element, top: number, left: number): boolean {
  return Math.abs(element.scrollTop - top) < 1 && Math.abs(element.scrollLeft - left) < 1;
}

function pathOf(element: Element): number[] {
  const path: number[] = [];
  for (let at = element; at.parentElement; at = at.parentElement) {
    path.unshift([...at.parentElement.children].indexOf(at));
  }
  return path;
}

function elementAt(path: readonly number[]): Element | null {
  let at: Element | null = document.documentElement;
  for (const index of path) at = at?.children[index] ?? null;
  return at;
}
