/** The few things our pages do to their elements. Text goes in as text, never as markup. */

interface Host {
  postMessage(message: object): void;
}

declare function acquireVsCodeApi(): Host;

const host = acquireVsCodeApi();

export function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.querySelector<T>(`#${id}`);
  if (!found) {
    throw new Error(`The page has no ${id}.`);
  }
  return found;
}

/** Show the section if there is anything in its list. */
export function fillList(section: string, list: string, lines: readonly string[]): void {
  element(section).hidden = lines.length === 0;
  element(list).replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
}

/** Tell the editor what was clicked. */
export function act(name: string, more: object = {}): void {
  host.postMessage({ act: name, ...more });
}

export function onClick(id: string): void {
  element(id).addEventListener("click", () => {
    act(id);
  });
}

/** Take what the editor sends; it sends the current state when it hears that the page is ready. */
export function onView<T>(show: (view: T) => void): void {
  window.addEventListener("message", (event: MessageEvent<T>) => {
    show(event.data);
  });
  act("ready");
}
