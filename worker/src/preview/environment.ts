/** What `import.meta.env` and `process.env` hold in a preview. */
import type { Project } from "./project.ts";

/** A preview is a development build: what goes wrong is said in full. */
const BUILT_IN_ENV = {
  MODE: "development",
  DEV: true,
  PROD: false,
  SSR: false,
  BASE_URL: "/",
  NODE_ENV: "development",
};

export function environment(project: Pick<Project, "env">): Record<string, string | boolean> {
  return { ...BUILT_IN_ENV, ...project.env };
}
