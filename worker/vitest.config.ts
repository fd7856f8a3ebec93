/** Three kinds of tests: inside workerd; of what a deployment would send; and from outside, with a real Worker and browser. */
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                WORKER_SHARED_SECRET: "test-secret-of-the-worker-0123456789abcdef",
                BACKEND_URL: "http://backend.invalid",
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          globalSetup: ["test/backend_server.ts", "test/model_server.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: { name: "deploy", include: ["test/deploy/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        test: {
          name: "phone",
          include: ["test/phone/**/*.test.ts"],
          testTimeout: 40_000,
          hookTimeout: 90_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
