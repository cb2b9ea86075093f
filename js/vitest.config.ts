import { defineConfig } from "vitest/config";
import { forVitest } from "./inline_worker.mjs";

export default defineConfig({
  plugins: [forVitest],
  test: { include: ["tests/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
