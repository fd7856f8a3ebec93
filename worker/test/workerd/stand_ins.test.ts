import { describe, expect, it } from "vitest";
import { STAND_INS } from "../../src/preview/stand_ins/stand_ins.ts";
import { bundleProject } from "./projects.ts";

describe("a stand-in", () => {
  it("is told once, where it is used first, with what it does instead", async () => {
    const { warnings } = await bundleProject("react_native", "App.tsx", {
      "App.tsx": `import "./other";\nimport * as Haptics from "expo-haptics";\nexport default () => Haptics;`,
      "other.ts": `import { selectionAsync } from "expo-haptics";\nselectionAsync();`,
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      message: '"expo-haptics" is replaced: the browser vibrates where it can.',
      line: expect.any(Number) as number,
    });
  });

  it("is complete: all of them build together, and all say what they do", async () => {
    const names = [...STAND_INS.keys()];
    const code = names
      .map((name, at) => `import * as m${at} from "${name}"; console.log(m${at});`)
      .join("\n");
    const { warnings } = await bundleProject("react_native", "App.js", {
      "App.js": `${code}\nexport default () => null;`,
    });
    expect(warnings.map(({ message }) => message).filter((text) => !text.includes("is replaced: "))).toEqual(
      [],
    );
    expect(warnings).toHaveLength(names.length);
  });

  it("goes before an installed package whose native half is missing, and not before one that runs", async () => {
    const installed = (name: string): Record<string, string> => ({
      [`node_modules/${name}/package.json`]: `{ "main": "index.js" }`,
      [`node_modules/${name}/index.js`]: `export const marker = "installed ${name}";`,
    });
    const { script } = await bundleProject("react_native", "App.js", {
      "App.js": `import * as a from "expo-haptics"; import * as b from "react-native-safe-area-context"; export default () => [a, b];`,
      ...installed("expo-haptics"),
      ...installed("react-native-safe-area-context"),
    });
    expect(script).not.toContain("installed expo-haptics");
    expect(script).toContain("installed react-native-safe-area-context");
  });
});

describe("an installed package of React Native", () => {
  const files = {
    "App.js": `import { a } from "packed"; export default () => a;`,
    "node_modules/packed/package.json": `{ "main": "index.js" }`,
  };

  it("may try what is not installed, and says by its name what it did not find", async () => {
    const { script } = await bundleProject("react_native", "App.js", {
      ...files,
      "node_modules/packed/index.js": `let a; try { a = require("masked") } catch { a = require("./plain") } exports.a = a;`,
      "node_modules/packed/plain.js": `module.exports = "the plain one";`,
    });
    expect(script).toContain("the plain one");
    expect(script).toContain("throw new Error('The package \"masked\" is not installed')");
    const own = { "App.js": `try { require("masked") } catch {} export default () => null;` };
    await expect(bundleProject("react_native", "App.js", own)).rejects.toThrow('"masked" is not installed');
    const imported = { ...files, "node_modules/packed/index.js": `import "masked"; export const a = 1;` };
    await expect(bundleProject("react_native", "App.js", imported)).rejects.toThrow("is not installed");
  });

  it("is taken by its files for browsers: .web, else the plain one beside a native one", async () => {
    const { script } = await bundleProject("react_native", "App.js", {
      ...files,
      "App.js": `import { a } from "packed"; import b from "./own"; export default () => [a, b];`,
      "own.js": `export default "own plain";`,
      "own.ios.js": `export default "own ios";`,
      "node_modules/packed/index.js": `export const a = [require("./x"), require("./y"), require("./z")];`,
      "node_modules/packed/x.js": `module.exports = "x plain";`,
      "node_modules/packed/x.native.js": `module.exports = "x native";`,
      "node_modules/packed/x.ios.js": `module.exports = "x ios";`,
      "node_modules/packed/y.js": `module.exports = "y plain";`,
      "node_modules/packed/y.web.js": `module.exports = "y web";`,
      "node_modules/packed/z.ios.js": `module.exports = "z ios";`,
      "node_modules/packed/z.native.js": `module.exports = "z native";`,
    });
    const taken = [
      "x plain",
      "x native",
      "x ios",
      "y plain",
      "y web",
      "z ios",
      "z native",
      "own plain",
      "own ios",
    ];
    expect(taken.filter((text) => script.includes(text))).toEqual(["x plain", "y web", "z ios", "own ios"]);
  });
});

describe("aliases of Babel", () => {
  it("are read from module-resolver, without running it", async () => {
    const { script } = await bundleProject("react_native", "App.js", {
      "babel.config.js": `module.exports = { plugins: [["module-resolver", {
        root: ["./src"],
        // alias: { "@ui": "./wrong" },
        alias: { "@ui": "./app/ui", '@ui/special': "./special.js", assets: "./assets" },
      }]] };`,
      "App.js": `import a from "@ui/card"; import b from "@ui/special"; import c from "lib/c"; import d from "assets"; export default () => [a, b, c, d];`,
      "app/ui/card.js": `export default "the card";`,
      "app/ui/special.js": `export default "not this one";`,
      "special.js": `export default "the special one";`,
      "src/lib/c.js": `export default "from a root";`,
      "assets/index.js": `export default "by its bare name";`,
    });
    for (const text of ["the card", "the special one", "from a root", "by its bare name"])
      expect(script).toContain(text);
  });
});
