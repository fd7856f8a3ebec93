/** Who is signed in, by which way, and what waits; and the words for it in the status bar. Asks nobody. */
import { needsUpdate, type HiveSyncError } from "../client/errors.ts";
import { labelLine, plainLine } from "../client/plain_text.ts";
import type { ModeFound } from "../client/router.ts";
import type { User } from "../contract.gen.ts";

const TIERS: Readonly<Record<string, string>> = { free: "Free", pro: "Pro", premium: "Premium" };

export interface Standing {
  mode: ModeFound["mode"];
  reason: ModeFound["reason"];
  /** Why it is this mode, for a person. */
  modeDetail: string;
  user: User | undefined;
  online: boolean;
  paused: boolean;
  unread: number;
  unreadMore: boolean;
  queued: number;
  conflicts: number;
  /** What is wrong, if something is. */
  problem: HiveSyncError | undefined;
}

/** What is known before anybody is asked who is signed in. */
export function standingOf({ mode, reason, detail, problem }: ModeFound): Standing {
  return {
    mode,
    reason,
    modeDetail: detail,
    user: undefined,
    online: problem?.code !== "UPSTREAM_UNREACHABLE",
    paused: false,
    unread: 0,
    unreadMore: false,
    queued: 0,
    conflicts: 0,
    problem,
  };
}

/** An agent is there that can't be used before something is updated or changed. */
export function needsCare({ reason }: Standing): boolean {
  return needsUpdate(reason) || reason === "AGENT_OF_ANOTHER_BACKEND";
}

/** The item's text. */
export function textOf(standing: Standing | undefined, pending: number): string {
  if (standing === undefined) {
    return "$(device-mobile) HiveSync";
  }
  if (standing.user === undefined && needsCare(standing)) {
    return "$(warning) HiveSync";
  }
  if (standing.user === undefined) {
    return standing.online ? "$(device-mobile) HiveSync: Log In" : "$(debug-disconnect) HiveSync";
  }
  const parts = [standing.online && !standing.paused ? "$(device-mobile)" : "$(debug-disconnect)"];
  parts.push(TIERS[standing.user.tier] ?? labelLine(standing.user.tier));
  if (pending > 0) {
    parts.push(`$(sync~spin) ${String(pending)}`);
  }
  if (standing.unread > 0) {
    parts.push(`$(bell-dot) ${String(standing.unread)}${standing.unreadMore ? "+" : ""}`);
  }
  if (standing.queued > 0) {
    parts.push(`$(cloud-upload) ${String(standing.queued)}`);
  }
  return parts.join(" ");
}

/** What is said on hover, and by a screen reader. */
export function tooltipOf(standing: Standing | undefined, pending: number): string {
  if (standing === undefined) {
    return "HiveSync: looking for the agent";
  }
  const { user } = standing;
  const lines = [
    user ? `${plainLine(user.username)}, ${TIERS[user.tier] ?? plainLine(user.tier)}` : "Not signed in",
    standing.mode === "proxy"
      ? "By the HiveSync agent"
      : standing.mode === "direct"
        ? "Direct, without the agent"
        : "",
    standing.mode === "proxy" ? "" : plainLine(standing.modeDetail),
    standing.paused
      ? "Paused: no news comes, and changes that wait go on waiting"
      : standing.online
        ? ""
        : "Offline: what can wait is kept",
    pending > 0 ? `Previews in the making: ${String(pending)}` : "",
    standing.unread > 0
      ? `Unread notifications: ${String(standing.unread)}${standing.unreadMore ? "+" : ""}`
      : "",
    standing.queued > 0 ? `Changes that wait for the network: ${String(standing.queued)}` : "",
    standing.conflicts > 0
      ? `Changes that came back: ${String(standing.conflicts)} (run: hivesync operations)`
      : "",
  ];
  return lines.filter(Boolean).join("\n");
}
