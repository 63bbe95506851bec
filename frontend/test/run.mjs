// Bundles the formats as the Worker bundles them, what the keeper decides and when a draft is saved; then runs every test beside this file.

import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../node_modules/.cache/portal");
mkdirSync(out, { recursive: true });
const bundles = { formats: "formats/index.ts", keeper: "keeper/kept.ts", saver: "page/saver.ts" };
for (const [name, entry] of Object.entries(bundles)) {
  await build({
    entryPoints: [join(here, "../src", entry)],
    bundle: true,
    format: "esm",
    platform: "node",
    target: ["es2022"],
    outfile: join(out, `${name}.mjs`),
  });
}
const tests = readdirSync(here).filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, name));
process.exit(spawnSync(process.execPath, ["--no-warnings", "--test", ...tests], { stdio: "inherit" }).status ?? 1);
