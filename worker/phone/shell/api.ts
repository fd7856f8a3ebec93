/** The Worker's routes for one preview. Tells apart "no network", "no longer allowed" and "our fault". */
import type { Problem } from "../../src/contract.gen.ts";
import type { Artifact, Asset } from "../../src/preview/artifact.ts";
import type { Point, Polled } from "../../src/room/messages.ts";
import type { AssetBytes } from "../messages.ts";

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }

  /** Neither waiting nor trying again will help: the link has to be made anew. */
  get isFinal(): boolean {
    return [401, 403, 404, 410].includes(this.status);
  }
}

/** The network did not answer; it may, later. */
export class Offline extends Error {}

export interface DeviceSession {
  readonly device_token: string;
  readonly expires_at: number;
}

export interface Handover {
  readonly token: string;
  readonly devices: number;
}

/** A long poll answers within 20 s; a phone that wakes from sleep may hold a dead connection. */
const DEADLINE_MS = 35_000;

/** What versions lack that were built before there were several pages. */
const ONE_PAGE = { url: "/", pages: [] };

export class PreviewApi {
  constructor(private readonly previewId: string) {}

  /** `device` is the token that this device had before, if it had one: so it stays the same device. */
  async open(token: string, device: string | null): Promise<DeviceSession> {
    const body = JSON.stringify(device === null ? { token } : { token, device });
    const headers = { "content-type": "application/json" };
    const response = await request(`/p/${this.previewId}/session`, { method: "POST", headers, body });
    return (await response.json()) as DeviceSession;
  }

  /** Get a link's token for another device. */
  async handOver(device: string): Promise<Handover> {
    const path = `/p/${this.previewId}/handover`;
    const response = await request(path, { method: "POST", headers: bearer(device) });
    return (await response.json()) as Handover;
  }

  /** Wait until there is something newer than `after`; `at` is what the phone shows already. */
  async current(
    device: string,
    after: string,
    { version, seq }: Point,
  ): Promise<{ readonly answer: Polled; readonly stamp: string }> {
    const query = new URLSearchParams({ after, version: String(version), seq: String(seq) });
    const path = `/p/${this.previewId}/current?${query.toString()}`;
    const response = await request(path, { headers: bearer(device) });
    return {
      answer: (await response.json()) as Polled,
      stamp: response.headers.get("x-current") ?? "",
    };
  }

  async artifact(device: string, version: number): Promise<Artifact> {
    const read = (await (await this.file(device, version, "artifact.json")).json()) as Artifact;
    return { ...ONE_PAGE, ...read };
  }

  async text(device: string, version: number, name: string): Promise<string> {
    return (await this.file(device, version, name)).text();
  }

  async asset(device: string, version: number, asset: Asset): Promise<AssetBytes> {
    const response = await this.file(device, version, `asset/${asset.sha256}`);
    return { url: asset.url, type: asset.type, bytes: await response.arrayBuffer() };
  }

  private async file(device: string, version: number, name: string): Promise<Response> {
    return request(`/p/${this.previewId}/v/${version}/${name}`, { headers: bearer(device) });
  }
}

function bearer(device: string): Record<string, string> {
  return { authorization: `Bearer ${device}` };
}

/** Fetch from our own origin; raise `Offline` or `Refused`. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  const response = await fetchOrOffline(path, init);
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  throw new Refused(
    response.status,
    problem.code ?? "INTERNAL_ERROR",
    problem.detail ?? "The preview did not answer.",
  );
}

async function fetchOrOffline(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: "omit", signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (error) {
    throw new Offline("no connection", { cause: error });
  }
}
