// `import text from "./worker?text"`: a worker's source, bundled, as a string. For esbuild and, with the same bundle, for vitest.
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const QUERY = "?text";
const HERE = dirname(fileURLToPath(import.meta.url));

async function bundled(path) {
  const result = await build({ entryPoints: [path], bundle: true, write: false, format: "iife", target: "es2022", charset: "utf8", legalComments: "none", minify: true });
  return `export default ${JSON.stringify(result.outputFiles[0].text)};`;
}

export const forEsbuild = {
  name: "inline-worker",
  setup(context) {
    context.onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => {
      // esbuild writes it into a comment of the bundle, which must be the same wherever it is built.
      const source = relative(HERE, resolve(resolveDir, `${path.slice(0, -QUERY.length)}.ts`));
      return { path: source, namespace: "inline-worker" };
    });
    context.onLoad({ filter: /.*/, namespace: "inline-worker" }, async ({ path }) => ({ contents: await bundled(resolve(HERE, path)) }));
  },
};

export const forVitest = {
  name: "inline-worker",
  enforce: "pre",
  resolveId(source, importer) {
    return source.endsWith(QUERY) ? `\0${resolve(dirname(importer), `${source.slice(0, -QUERY.length)}.ts`)}${QUERY}` : null;
  },
  load(id) {
    return id.startsWith("\0") && id.endsWith(QUERY) ? bundled(id.slice(1, -QUERY.length)) : null;
  },
};
