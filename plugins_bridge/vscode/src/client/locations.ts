/** Where HiveSync keeps its files on this machine. Names folders; creates none. */
import { createHash } from "node:crypto";
import { isAbsolute, posix, win32 } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Machine {
  platform: NodeJS.Platform;
  home: string;
  environment: Environment;
}

const PROFILE = /^[a-z0-9][a-z0-9_-]{0,31}$/u;
const DEVICE = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9])$/u;

/** Give the folder of the discovery file. */
export function runtimeFolder({ platform, home, environment }: Machine): string {
  const override = environment["HIVESYNC_RUNTIME_DIR"];
  if (override) {
    return override;
  }
  if (platform === "darwin") {
    return posix.join(home, "Library", "Application Support", "HiveSync", "run");
  }
  if (platform === "win32") {
    const local = environment["LOCALAPPDATA"];
    return win32.join(local || win32.join(home, "AppData", "Local"), "HiveSync", "run");
  }
  const runtime = environment["XDG_RUNTIME_DIR"];
  return runtime ? posix.join(runtime, "hivesync") : posix.join(home, ".local", "state", "hivesync", "run");
}

/** Give the folder in which an agent keeps changes that wait for this backend. */
export function operationsFolder(machine: Machine, origin: string, profile: string): string {
  const account = createHash("sha256").update(`HiveSync ${origin}#${profile}`).digest("hex").slice(0, 16);
  return posix.join(stateFolder(machine), "operations", account);
}

/** Give the discovery file's name. A profile that no agent takes means the default one. */
export function discoveryName(profile: string): string {
  return profile === "default" ? "desktop-agent.json" : `desktop-agent.${profile}.json`;
}

/** Tell whether an agent would take this name of a profile. */
export function isProfile(name: string): boolean {
  return PROFILE.test(name) && !DEVICE.test(name);
}

function stateFolder({ platform, home, environment }: Machine): string {
  const override = environment["HIVESYNC_STATE_DIR"];
  if (override) {
    return override;
  }
  if (platform === "darwin") {
    return posix.join(home, "Library", "Application Support", "HiveSync");
  }
  if (platform === "win32") {
    return win32.join(environment["LOCALAPPDATA"] || win32.join(home, "AppData", "Local"), "HiveSync");
  }
  // A relative value must be ignored: XDG Base Directory Specification, "Basics".
  const xdg = environment["XDG_STATE_HOME"] ?? "";
  return isAbsolute(xdg) ? posix.join(xdg, "hivesync") : posix.join(home, ".local", "state", "hivesync");
}
