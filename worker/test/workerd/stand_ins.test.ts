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
