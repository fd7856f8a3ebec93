import assert from "node:assert/strict";
import { test } from "node:test";
import { HiveSyncCommand } from "../src/client/command.ts";
import { SignedOut } from "../src/client/errors.ts";
import { Tokens } from "../src/client/tokens.ts";

/** A machine whose search path is empty, so that no command is found on it. */
const BARE = new HiveSyncCommand({ environment: {}, home: "/nonexistent", platform: "win32" }, {});

test("calls that wait at the same time share one renewal", async () => {
  let renewals = 0;
  const renew = (): Promise<{ token: string; seconds: number }> => {
    renewals += 1;
    return Promise.resolve({ token: `t-${renewals}`, seconds: 900 });
  };
  const tokens = new Tokens({ apiKey: undefined, command: BARE, own: { renew } });
  assert.deepEqual(await Promise.all([tokens.get(), tokens.get()]), ["t-1", "t-1"]);
  assert.equal(await tokens.get(), "t-1");
  assert.equal(await tokens.get("t-1"), "t-2");
});

test("a token that comes after the sign-out is not kept", async () => {
  const late = Promise.withResolvers<{ token: string; seconds: number }>();
  const asked = Promise.withResolvers<undefined>();
  let session: Promise<{ token: string; seconds: number }> | undefined = late.promise;
  const renew = async (): Promise<{ token: string; seconds: number } | undefined> => {
    asked.resolve(undefined);
    return session;
  };
  const tokens = new Tokens({ apiKey: undefined, command: BARE, own: { renew } });
  const waiting = tokens.get();
  await asked.promise;
  session = undefined;
  tokens.forget();
  late.resolve({ token: "old", seconds: 900 });
  assert.equal(await waiting, "old");
  await assert.rejects(tokens.get(), SignedOut);
});
