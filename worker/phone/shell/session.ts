/** This device's right to see the preview: from the link's fragment the first time, kept for reloads. */
import { Offline, Refused, type PreviewApi } from "./api.ts";

export class DeviceAccess {
  #token: string | null = null;

  constructor(
    private readonly api: PreviewApi,
    private readonly previewId: string,
  ) {}

  /** Give the device token; raise `Refused` when there is none or the link is no longer good. */
  async token(): Promise<string> {
    this.#token ??= await this.#obtain();
    return this.#token;
  }

  forget(): void {
    this.#token = null;
    write(this.#name, null);
  }

  get #name(): string {
    return `hivesync-preview:${this.previewId}`;
  }

  async #obtain(): Promise<string> {
    const opened = location.hash.slice(1);
    const kept = read(this.#name);
    if (opened === "") return kept ?? refuse();
    try {
      const { device_token } = await this.api.open(opened);
      write(this.#name, device_token);
      clearFragment();
      return device_token;
    } catch (error) {
      if (error instanceof Offline) throw error;
      clearFragment();
      // An old link in the browser's history, on a device that was let in before.
      if (kept !== null) return kept;
      throw error;
    }
  }
}

function refuse(): never {
  throw new Refused(401, "AUTH_REQUIRED", "Open the preview by its link or code.");
}

/** The token must not stay in the address, where it would be copied and shown. */
function clearFragment(): void {
  history.replaceState(null, "", location.pathname);
}

/** Storage may be switched off; then a reload needs the link again, and that is all. */
function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // See `read`.
  }
}
