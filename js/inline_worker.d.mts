import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Plugin } from "vitest/config";

export declare const forEsbuild: EsbuildPlugin;
export declare const forVitest: Plugin;
