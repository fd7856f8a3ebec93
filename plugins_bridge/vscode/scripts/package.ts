/** `npm run package`: the .vsix. Refuses one that has grown beyond its budget or holds what nobody should get. */
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createVSIX, listFiles, PackageManager } from "@vscode/vsce";

const BYTES_MAX = 150 * 1024;
const SHIPPED =
  /^(?:package\.json|README\.md|LICENSE(?:\.txt)?|CHANGELOG\.md|dist\/.+\.c?js|media\/.+\.(?:css|svg|png|md))$/u;

const cwd = fileURLToPath(new URL("..", import.meta.url));
const packagePath = process.argv[2] ?? `${cwd}hivesync.vsix`;

const others = (await listFiles({ cwd, packageManager: PackageManager.None })).filter(
  (path) => !SHIPPED.test(path),
);
if (others.length > 0) {
  throw new Error(`These files would be shipped by mistake: ${others.join(", ")}`);
}
await createVSIX({ cwd, packagePath, dependencies: false, allowMissingRepository: true });
const { size } = await stat(packagePath);
if (size > BYTES_MAX) {
  throw new Error(`The .vsix has ${String(size)} bytes; its budget is ${String(BYTES_MAX)}.`);
}
console.log(`${packagePath}: ${String(Math.ceil(size / 1024))} KB`);
