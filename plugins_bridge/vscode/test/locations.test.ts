import assert from "node:assert/strict";
import { test } from "node:test";
import { isProfile, operationsFolder, runtimeFolder } from "../src/client/locations.ts";

const home = "/home/ada";

test("the discovery file's folder is each system's own", () => {
  const at = (platform: NodeJS.Platform, environment: Record<string, string> = {}): string =>
    runtimeFolder({ platform, home, environment });
  assert.equal(at("linux", { XDG_RUNTIME_DIR: "/run/user/1" }), "/run/user/1/hivesync");
  assert.equal(at("linux"), "/home/ada/.local/state/hivesync/run");
  assert.equal(at("darwin"), "/home/ada/Library/Application Support/HiveSync/run");
  assert.equal(at("win32", { LOCALAPPDATA: "C:\\Local" }), "C:\\Local\\HiveSync\\run");
  assert.equal(at("win32", { HIVESYNC_RUNTIME_DIR: "D:\\run" }), "D:\\run");
});

test("a relative folder of XDG is ignored", () => {
  const environment = { XDG_STATE_HOME: "state" };
  const folder = operationsFolder({ platform: "linux", home, environment }, "https://a.example", "default");
  assert.match(folder, /^\/home\/ada\/\.local\/state\/hivesync\/operations\/[0-9a-f]{16}$/u);
});

test("a profile names a file and nothing else", () => {
  assert.ok(isProfile("work-2"));
  for (const name of ["", "../x", "a/b", "A", "con", "lpt1", "a".repeat(33)]) {
    assert.ok(!isProfile(name), name);
  }
});
