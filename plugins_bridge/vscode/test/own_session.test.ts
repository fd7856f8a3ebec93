import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { DirectLink } from "../src/client/direct_link.ts";
import { StoredSession } from "../src/client/own_session.ts";

type Says = [status: number, body: object];

const DENIED: Says = [400, { error: "access_denied" }];
const PENDING: Says = [400, { error: "authorization_pending" }];
const PAIR: Says = [200, { access_token: "a-2", refresh_token: "r-2", expires_in: 900 }];
const CODE = { userCode: "ABCD", link: "http://x", deviceCode: "d", interval: 0.01, expiresIn: 60 };
const NEVER = new AbortController().signal;

/** An editor's secret storage, and a backend that says these one after the other. */
async function withSession(
  says: Says[],
  run: (session: StoredSession, kept: Map<string, string>, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body: string) => {
      asked.push(`${request.url ?? ""} ${body}`);
      const [status, answer] = says.shift() ?? [500, {}];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kept = new Map<string, string>([[`session ${origin}`, "r-1"]]);
  const secrets = {
    get: (key: string) => Promise.resolve(kept.get(key)),
    set: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    delete: (key: string) => Promise.resolve(void kept.delete(key)),
  };
  const nobody = { get: () => Promise.reject(new Error("a sign-in needs no token")) };
  try {
    await run(new StoredSession(secrets, new DirectLink(origin, "test", nobody)), kept, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a sign-in waits until it is confirmed, and keeps the refresh token alone", async () => {
  await withSession([PENDING, PENDING, PAIR], async (session, kept, asked) => {
    await session.finish(CODE, NEVER);
    assert.equal(asked.length, 3);
    assert.match(asked[0] ?? "", /^\/api\/v1\/auth\/device\/token grant_type=\S+&device_code=d&/u);
    assert.deepEqual([...kept.values()], ["r-2"]);
  });
});

test("what was refused in the browser is said, and nothing is kept", async () => {
  await withSession([PENDING, DENIED], async (session, kept) => {
    await assert.rejects(session.finish(CODE, NEVER), /refused in the browser/u);
    assert.deepEqual([...kept.values()], ["r-1"]);
  });
});

test("a code that nobody confirms is given up when it ends", async () => {
  const pending = Array<Says>(100).fill(PENDING);
  await withSession(pending, async (session, _kept, asked) => {
    await assert.rejects(session.finish({ ...CODE, expiresIn: 0.03 }, NEVER), /has expired/u);
    assert.ok(asked.length < 10);
  });
});

test("a renewed session keeps its successor, and gives the access token", async () => {
  await withSession([PAIR], async (session, kept, asked) => {
    assert.deepEqual(await session.renew(), { token: "a-2", seconds: 900 });
    assert.deepEqual(asked, ['/api/v1/auth/refresh {"refresh_token":"r-1"}']);
    assert.deepEqual([...kept.values()], ["r-2"]);
  });
});

test("a session that the backend has ended is forgotten", async () => {
  await withSession([[401, {}]], async (session, kept) => {
    assert.equal(await session.renew(), undefined);
    assert.equal(kept.size, 0);
  });
});

test("what another window has put there meanwhile is not deleted", async () => {
  await withSession([[401, {}]], async (session, kept, asked) => {
    const renewing = session.renew();
    // The refusal is of the token that was read first.
    await Promise.resolve();
    for (const key of kept.keys()) {
      kept.set(key, "r-of-another-window");
    }
    assert.equal(await renewing, undefined);
    assert.deepEqual(asked, ['/api/v1/auth/refresh {"refresh_token":"r-1"}']);
    assert.deepEqual([...kept.values()], ["r-of-another-window"]);
  });
});

test("signing out forgets the session even where the backend can't be told", async () => {
  await withSession([[503, { code: "UPSTREAM_UNREACHABLE" }]], async (session, kept, asked) => {
    await assert.rejects(session.end());
    assert.equal(kept.size, 0);
    assert.deepEqual(asked, ['/api/v1/auth/logout {"refresh_token":"r-1"}']);
    assert.equal(await session.end(), false);
  });
});

test("an answer without a refresh token signs nobody in", async () => {
  await withSession([[200, { access_token: "a-2" }]], async (session, kept) => {
    await assert.rejects(session.finish(CODE, NEVER), /has no 'refresh_token'/u);
    assert.deepEqual([...kept.values()], ["r-1"]);
  });
});
