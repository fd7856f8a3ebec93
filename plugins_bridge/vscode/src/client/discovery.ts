/** Finds the agent by its discovery file. Believes nothing that another user could have written. */
import { constants, type Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { AgentAbsent } from "./errors.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";

export const API_PREFIX = "/hivesync-desktop-api";
/** The local protocol that this client speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

const SIZE_MAX_BYTES = 65_536;
const TOKEN = /^[A-Za-z0-9_-]{43}$/u;

export interface Discovery {
  port: number;
  token: string;
  instanceId: string;
  version: string;
  protocol: number;
  serverUrl: string | undefined;
  /** The machine on which this agent runs, if it is another one: it does not see this machine's files. */
  forwardedFrom: string | undefined;
}

/** Give what tells two writings of the file apart; undefined if there is none. */
export async function discoveryStamp(path: string): Promise<string | undefined> {
  try {
    const info = await lstat(path, { bigint: true });
    return `${String(info.ino)}.${String(info.size)}.${String(info.mtimeNs)}`;
  } catch {
    return undefined;
  }
}

/** Read and check the file; reject with `AgentAbsent`, also where one side must be updated. */
export async function readDiscovery(path: string): Promise<Discovery> {
  const content = parseJson(await readOwned(path));
  if (!isObject(content)) {
    throw untrusted("The discovery file is damaged; restart the agent to renew it.");
  }
  return discoveryOf(content);
}

/** Check the file's content. The address is not taken from it: a tampered one could send a token elsewhere. */
export function discoveryOf(content: JsonObject): Discovery {
  if (content["schema"] !== 1) {
    throw untrusted("The discovery file has an unknown schema; update HiveSync.");
  }
  const port = whole(content, "port");
  const token = text(content, "token");
  if (port < 1 || port > 65_535 || !TOKEN.test(token)) {
    throw untrusted("The discovery file names an impossible port or token.");
  }
  const version = text(content, "version");
  whole(content, "pid");
  text(content, "profile");
  text(content, "started_at");
  return {
    port,
    token,
    version,
    instanceId: text(content, "instance_id"),
    protocol: commonProtocol(content["protocol"], version),
    serverUrl: optionalText(content, "server_url"),
    forwardedFrom: optionalText(content, "forwarded_from"),
  };
}

function commonProtocol(range: unknown, version: string): number {
  if (!isObject(range)) {
    throw untrusted("The discovery file has no valid 'protocol'.");
  }
  const [min, max] = [whole(range, "min"), whole(range, "max")];
  if (min > PROTOCOL.max) {
    const detail = `The agent ${version} is newer than this extension; update the HiveSync extension.`;
    throw new AgentAbsent("AGENT_TOO_NEW", detail, "PROTOCOL_UNSUPPORTED");
  }
  if (max < PROTOCOL.min) {
    const detail = `The agent ${version} is older than this extension; update HiveSync.`;
    throw new AgentAbsent("AGENT_TOO_OLD", detail, "PROTOCOL_UNSUPPORTED");
  }
  return Math.min(max, PROTOCOL.max);
}

async function readOwned(path: string): Promise<string> {
  // One descriptor for check and reading, so that nothing can be swapped in between; no link is followed, and
  // a FIFO can't make us wait. Windows has neither flag; there the folder's ACL protects the file.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const file = await open(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw isMissing
      ? new AgentAbsent("AGENT_ABSENT", "The HiveSync agent does not run.")
      : untrusted("The discovery file can't be opened.");
  });
  try {
    checkOwnership(await file.stat());
    const { bytesRead, buffer } = await file.read(Buffer.alloc(SIZE_MAX_BYTES + 1), 0, SIZE_MAX_BYTES + 1, 0);
    if (bytesRead > SIZE_MAX_BYTES) {
      throw untrusted("The discovery file is far too long to be one.");
    }
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function checkOwnership(info: Stats): void {
  if (!info.isFile()) {
    throw untrusted("The discovery file is not a regular file.");
  }
  if (process.getuid === undefined) {
    return;
  }
  if (info.uid !== process.getuid()) {
    throw untrusted("The discovery file belongs to another user; it is not believed.");
  }
  if ((info.mode & 0o077) !== 0) {
    throw untrusted("Other users can access the discovery file; restart the agent to renew it.");
  }
}

function untrusted(detail: string): AgentAbsent {
  return new AgentAbsent("AGENT_UNTRUSTED", detail);
}

function whole(content: JsonObject, name: string): number {
  const value = content[name];
  if (!Number.isInteger(value)) {
    throw untrusted(`The discovery file has no valid '${name}'.`);
  }
  return value as number;
}

function text(content: JsonObject, name: string): string {
  const value = content[name];
  if (typeof value !== "string") {
    throw untrusted(`The discovery file has no valid '${name}'.`);
  }
  return value;
}

function optionalText(content: JsonObject, name: string): string | undefined {
  return content[name] === undefined || content[name] === null ? undefined : text(content, name);
}
