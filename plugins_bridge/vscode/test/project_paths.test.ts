import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { isInside, pathIn } from "../src/model/project_paths.ts";

test("a file lies in its folder, whatever it is called", () => {
  for (const path of ["a.ts", "src/a.ts", "..a.ts", "src/../b.ts", "...", "C:.ts"]) {
    assert.ok(isInside("/home/ann/shop", join("/home/ann/shop", path)), path);
  }
});

test("nothing else does", () => {
  for (const path of ["../a.ts", "..", ".", "", "../shop-2/a.ts", "src/../../a.ts", "../../etc/passwd"]) {
    assert.ok(!isInside("/home/ann/shop", join("/home/ann/shop", path)), path);
  }
});

test("manifests name files by composed letters", () => {
  assert.equal(pathIn("/home/ann/shop", "/home/ann/shop/src/e\u0301.ts"), "src/\u00e9.ts");
});
