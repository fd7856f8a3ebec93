type WorkerBindings = import("../../src/env.ts").Bindings;

declare namespace Cloudflare {
  interface Env extends WorkerBindings {}
  interface GlobalProps {
    mainModule: typeof import("../../src/index.ts");
  }
}
