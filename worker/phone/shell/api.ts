/** The Worker's routes for one preview. Tells apart "no network", "no longer allowed" and "our fault". */
import type { Problem } from "../../src/contract.gen.ts";
import type { Artifact, Asset, CurrentAnswer } from "../../src/preview/artifact.ts";
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

/** A long poll answers within 20 s; a phone that wakes from sleep may hold a dead connection. */
const DEADLINE_MS = 35_000;

export class PreviewApi {
  constructor(private readonly previewId: string) {}

  async open(token: string): Promise<DeviceSession> {
    const body = JSON.stringify({ token });
    const headers = { "content-type": "application/json" };
    const response = await request(`/p/${this.previewId}/session`, { method: "POST", headers, body });
    return (await response.json()) as DeviceSession;
  }

  /** Wait until there is something newer than `after`. */
  async current(
    device: string,
    after: string,
  ): Promise<{ readonly answer: CurrentAnswer; readonly stamp: string }> {
    const path = `/p/${this.previewId}/current?after=${encodeURIComponent(after)}`;
    const response = await request(path, { headers: bearer(device) });
    return {
      answer: (await response.json()) as CurrentAnswer,
      stamp: response.headers.get("x-current") ?? "",
    };
  }

  async artifact(device: string, version: number): Promise<Artifact> {
    return (await (await this.file(device, version, "artifact.json")).json()) as Artifact;
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

async function request(path: string, init: RequestInit): Promise<Response> {
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
