type WorkerBindings = import("../../src/env.ts").Bindings;

declare namespace Cloudflare {
  interface Env extends WorkerBindings {
    /** Bound for the platform, which serves static files without asking our code. */
    readonly ASSETS: Fetcher;
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/index.ts");
  }
}
