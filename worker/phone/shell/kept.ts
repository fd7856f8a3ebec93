/** The previews that this device was let into, kept for reloads and for the list of them. */

export interface KeptPreview {
  readonly previewId: string;
  readonly token: string;
  /** In seconds since 1970. */
  readonly expiresAt: number;
  readonly openedAt: number;
  readonly title: string;
}

const PREFIX = "hivesync-preview:";

/** Storage may be switched off; then a reload needs the link again, and that is all. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export function keep(preview: KeptPreview): void {
  try {
    storage()?.setItem(PREFIX + preview.previewId, JSON.stringify(preview));
  } catch {
    // Full, or not allowed: as if it were switched off.
  }
}

export function recall(previewId: string): KeptPreview | null {
  const text = storage()?.getItem(PREFIX + previewId) ?? null;
  return text === null ? null : parse(text);
}

export function forget(previewId: string): void {
  storage()?.removeItem(PREFIX + previewId);
}

/** Give what can still be opened, the newest first; what has ended is forgotten. */
export function listKept(now: number): readonly KeptPreview[] {
  const ids = Object.keys(storage() ?? {}).filter((name) => name.startsWith(PREFIX));
  const found = ids.map((name) => recall(name.slice(PREFIX.length))).filter((preview) => preview !== null);
  for (const { previewId, expiresAt } of found) if (expiresAt <= now) forget(previewId);
  return found.filter(({ expiresAt }) => expiresAt > now).sort((a, b) => b.openedAt - a.openedAt);
}

function parse(text: string): KeptPreview | null {
  try {
    const value = JSON.parse(text) as Partial<KeptPreview>;
    return typeof value.token === "string" ? (value as KeptPreview) : null;
  } catch {
    return null;
  }
}
