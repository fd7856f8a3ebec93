import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { expectedProof } from "../src/client/proof.ts";

interface Vectors {
  token: string;
  cases: { nonce: string; proof: string }[];
}

const path = new URL("../../spec/vectors/proof.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vectors;

for (const { nonce, proof } of vectors.cases) {
  test(`the proof of ${nonce.slice(0, 12)}… is as in the kit`, () => {
    assert.equal(expectedProof(vectors.token, nonce), proof);
  });
}
