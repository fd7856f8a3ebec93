import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedLink, parseOrigin } from "../src/client/origin.ts";

const BACKEND = "https://api.example.com";

for (const text of [BACKEND, "http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000"]) {
  test(`${text} may be a backend`, () => {
    assert.equal(parseOrigin(`${text}/`), text);
  });
}

for (const text of [
  "http://api.example.com",
  "https://user:secret@api.example.com",
  "https://api.example.com/path",
  "https://api.example.com?x",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "https://api.example.com\\@evil.example",
  "https://api.exa\nmple.com",
  "",
]) {
  test(`${JSON.stringify(text)} is no backend`, () => {
    assert.equal(parseOrigin(text), undefined);
  });
}

test("a link is opened on our own origins only", () => {
  assert.equal(allowedLink("https://api.example.com/a?b#c", [BACKEND]), "https://api.example.com/a?b#c");
  for (const link of [
    "https://evil.example/",
    "http://127.0.0.1:22/",
    "command:workbench.action.quit",
    "vscode://x",
    "https://api.example.com@evil.example/",
    "https://api.example.com/'; rm -rf ~;'",
  ]) {
    assert.equal(allowedLink(link, [BACKEND]), undefined, link);
  }
});

test("a backend elsewhere has no say over what listens on this machine", () => {
  for (const link of [
    "http://127.0.0.1:631/",
    "http://localhost/",
    "http://[::1]:8787/",
    "https://127.0.0.1/",
  ]) {
    assert.equal(allowedLink(link, [BACKEND, new URL(link).origin]), undefined, link);
  }
});

test("with a backend on this machine, its Worker at another port is ours as well", () => {
  assert.equal(
    allowedLink("http://127.0.0.1:8787/p/1#t", ["http://127.0.0.1:4000"]),
    "http://127.0.0.1:8787/p/1#t",
  );
});
