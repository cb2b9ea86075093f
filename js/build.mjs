// Writes one ESM and one stylesheet a widget into bailian_nb/widgets/static; `npm run build` calls it.
// The output is committed, so it must not depend on the machine: no source maps, no absolute paths, no dates.
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { build } from "esbuild";
import { forEsbuild } from "./inline_worker.mjs";

const out = new URL("../bailian_nb/widgets/static/", import.meta.url);
const note = "generated from js/src by `npm run build`; edit there";

await mkdir(out, { recursive: true });
// Folder in src, named as the Python module, and name in static.
const widgets = [["painter", "painter"], ["sweep_grid", "grid"], ["job_card", "card"], ["batch_view", "batch"], ["review", "review"], ["history", "history"], ["jobs_view", "jobs"]];
for (const [folder, name] of widgets) {
  const result = await build({
    entryPoints: [`src/${folder}/widget.ts`],
    absWorkingDir: new URL(".", import.meta.url).pathname,
    bundle: true,
    plugins: [forEsbuild],
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    minifySyntax: true,
    banner: { js: `// ${note}` },
  });
  // Cells by thousands, and large pictures as the grid's.
  const panes = ["review", "history"].includes(folder) ? ["sweep_grid/widget.css", "cells/cells.css"] : [];
  const css = await Promise.all(["page/base.css", ...panes, `${folder}/widget.css`].map((path) => readFile(`src/${path}`, "utf8")));
  await writeFile(new URL(`${name}.js`, out), result.outputFiles[0].text);
  await writeFile(new URL(`${name}.css`, out), `/* ${note} */\n${css.join("\n")}`);
}
