/** This device's right to see the preview: from the link's fragment the first time, kept for reloads. */
import { Offline, Refused, type PreviewApi } from "./api.ts";
import { forget, keep, recall } from "./kept.ts";

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

  /** Whether the link was good, now or on an earlier visit. */
  get isOpen(): boolean {
    return this.#token !== null;
  }

  forget(): void {
    this.#token = null;
    forget(this.previewId);
  }

  /** Remember what the preview is called, for the list of previews. */
  name(title: string): void {
    const kept = recall(this.previewId);
    if (kept && kept.title !== title) keep({ ...kept, title });
  }

  async #obtain(): Promise<string> {
    const opened = location.hash.slice(1);
    const kept = recall(this.previewId)?.token;
    if (opened === "") return kept ?? refuse();
    try {
      const { device_token: token, expires_at: expiresAt } = await this.api.open(opened, kept ?? null);
      keep({ previewId: this.previewId, token, expiresAt, openedAt: Date.now() / 1000, title: "" });
      clearFragment();
      return token;
    } catch (error) {
      if (error instanceof Offline) throw error;
      clearFragment();
      // An old link in the browser's history, on a device that was let in before.
      if (kept !== undefined) return kept;
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
