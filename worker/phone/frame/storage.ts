/** An opaque origin has no storage and no cookies; apps that merely touch them must not break for that. */

export function replaceBlockedStorage(): void {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { configurable: true, value: new MemoryStorage() });
  }
  let cookies = "";
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: () => cookies,
    set: (value: string) => {
      cookies = addCookie(cookies, value);
    },
  });
  keepHistoryQuiet();
}

function addCookie(cookies: string, value: string): string {
  const pair = (value.split(";", 1)[0] ?? "").trim();
  const name = pair.split("=", 1)[0] ?? "";
  const others = cookies.split("; ").filter((cookie) => cookie !== "" && !cookie.startsWith(`${name}=`));
  return [...others, pair].join("; ");
}

/** Gone with the frame: that is the price of running code that must not see our origin. */
class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.#items.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#items.set(name, value);
  }

  removeItem(name: string): void {
    this.#items.delete(name);
  }

  clear(): void {
    this.#items.clear();
  }
}

/** Changing the address is not allowed here; the state is kept, so that routers in memory go on working. */
function keepHistoryQuiet(): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name].bind(history);
    history[name] = (state: unknown, unused: string, url?: string | URL | null): void => {
      try {
        original(state, unused, url);
      } catch {
        original(state, unused);
      }
    };
  }
}
