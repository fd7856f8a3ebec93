/** Measurements inside workerd; `make bench` runs them. */
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
  test: { include: ["bench/**/*.test.ts"], testTimeout: 600_000 },
});
