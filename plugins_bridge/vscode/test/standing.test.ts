import assert from "node:assert/strict";
import { test } from "node:test";
import { Offline } from "../src/client/errors.ts";
import type { Tier, User } from "../src/contract.gen.ts";
import { needsCare, standingOf, textOf, tooltipOf, type Standing } from "../src/model/standing.ts";

const BY_AGENT: Standing = {
  ...standingOf({ mode: "proxy", reason: "AGENT_PROVEN", detail: "Agent 1" }),
  user: { id: "u", username: "demo", tier: "pro" } as User,
};

test("who is signed in sees their plan and what waits, and nothing that is none", () => {
  assert.equal(textOf(BY_AGENT, 0), "$(device-mobile) Pro");
  assert.equal(tooltipOf(BY_AGENT, 0), "demo, Pro\nBy the HiveSync agent");
  const busy = { ...BY_AGENT, unread: 100, unreadMore: true, queued: 3, conflicts: 4 };
  assert.equal(textOf(busy, 2), "$(device-mobile) Pro $(sync~spin) 2 $(bell-dot) 100+ $(cloud-upload) 3");
  assert.deepEqual(tooltipOf(busy, 2).split("\n").slice(2), [
    "Previews in the making: 2",
    "Unread notifications: 100+",
    "Changes that wait for the network: 3",
    "Changes that came back: 4 (run: hivesync operations)",
  ]);
  assert.match(textOf({ ...BY_AGENT, unread: 1 }, 0), /\$\(bell-dot\) 1$/u);
});

test("offline and paused look alike and are told apart on hover", () => {
  for (const [change, said] of [
    [{ online: false }, "Offline: what can wait is kept"],
    [{ paused: true }, "Paused: no news comes, and changes that wait go on waiting"],
  ] as const) {
    const standing = { ...BY_AGENT, ...change };
    assert.equal(textOf(standing, 0), "$(debug-disconnect) Pro");
    assert.equal(tooltipOf(standing, 0).split("\n").at(-1), said);
  }
});

test("who is signed out is asked to log in only while somebody would answer", () => {
  const direct = standingOf({ mode: "direct", reason: "AGENT_ABSENT", detail: "No agent runs." });
  assert.equal(textOf(direct, 0), "$(device-mobile) HiveSync: Log In");
  assert.equal(tooltipOf(direct, 0), "Not signed in\nDirect, without the agent\nNo agent runs.");
  const away = { mode: "none", reason: "AGENT_ABSENT", detail: "", problem: new Offline("away") } as const;
  assert.equal(textOf(standingOf(away), 0), "$(debug-disconnect) HiveSync");
  assert.match(tooltipOf(standingOf(away), 0), /^Not signed in\nOffline/u);
  assert.equal(textOf(undefined, 0), "$(device-mobile) HiveSync");
});

test("an agent that can't be used before something is changed is a warning, one that is absent is none", () => {
  for (const reason of ["AGENT_TOO_NEW", "AGENT_TOO_OLD", "AGENT_OF_ANOTHER_BACKEND"] as const) {
    const standing = standingOf({ mode: "none", reason, detail: "" });
    assert.ok(needsCare(standing), reason);
    assert.equal(textOf(standing, 0), "$(warning) HiveSync");
  }
  for (const reason of ["AGENT_PROVEN", "AGENT_ABSENT", "AGENT_STALE", "AGENT_ENDED"] as const) {
    assert.ok(!needsCare(standingOf({ mode: "direct", reason, detail: "" })), reason);
  }
});

test("a name of somebody else's making is no icon and no second line", () => {
  const user = { ...BY_AGENT.user, username: "a\nb", tier: "$(bug)" as Tier } as User;
  assert.ok(!textOf({ ...BY_AGENT, user }, 0).includes("$(bug)"));
  assert.equal(tooltipOf({ ...BY_AGENT, user }, 0).split("\n").length, 2);
});
