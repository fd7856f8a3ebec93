import tseslint from "typescript-eslint";

/** Who may not know the editor: what runs in plain Node, in tests and under the conformance runner. */
const WITHOUT_EDITOR = ["src/client/**", "src/model/**", "conformance/**"];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/contract.gen.ts", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./src/webview/tsconfig.json", "./test/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: "test", package: "node:test" }] },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `request<T>` says at the call which shape of the contract the backend promises there.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "max-lines": ["error", 300],
      eqeqeq: "error",
    },
  },
  {
    files: WITHOUT_EDITOR,
    rules: { "no-restricted-imports": ["error", { paths: ["vscode"], patterns: ["*/editor/*"] }] },
  },
);
