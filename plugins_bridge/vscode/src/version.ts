/** The extension's version, from its manifest alone. */
import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;
export const CLIENT_NAME = `vscode/${VERSION}`;
