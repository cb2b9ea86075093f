// GitHub reads a workflow only when it is pushed: its own language service says here what it would refuse. Whether an
// action of that name and version exists, and which inputs it takes, only GitHub itself can say.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);
const SERVICE = `
export { validate } from "@actions/languageservice";
export { TextDocument } from "vscode-languageserver-textdocument";
`;
type Service = Pick<typeof import("@actions/languageservice"), "validate"> &
  Pick<typeof import("vscode-languageserver-textdocument"), "TextDocument">;

const folder = mkdtempSync(join(tmpdir(), "workflows-"));
let service: Service;

// As it is published it imports JSON in a way that Node refuses; esbuild makes one file of it.
beforeAll(async () => {
  const outfile = join(folder, "service.cjs");
  const stdin = { contents: SERVICE, resolveDir: import.meta.dirname };
  await build({ stdin, outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  service = createRequire(import.meta.url)(outfile) as Service;
});

afterAll(() => rmSync(folder, { recursive: true }));

async function complaints(name: string, text: string): Promise<string[]> {
  const workflow = service.TextDocument.create(`file:///.github/workflows/${name}`, "yaml", 1, text);
  const found = await service.validate(workflow);
  return found.map(({ range, message }) => `${range.start.line + 1}: ${JSON.stringify(message)}`);
}

it.each(readdirSync(FOLDER))("%s is a workflow", async (name) => {
  expect(await complaints(name, readFileSync(new URL(name, FOLDER), "utf8"))).toEqual([]);
});

const BROKEN = `
on: [pusch]
jobs:
  build:
    needs: [biuld]
    steps:
      - run: echo \${{ github.even }}
        iff: success()
`;

it("finds what is misspelt or missing", async () => {
  const found = (await complaints("broken.yml", BROKEN)).join("\n");
  for (const word of ["pusch", "biuld", "even", "iff", "runs-on"]) expect(found).toContain(word);
});
