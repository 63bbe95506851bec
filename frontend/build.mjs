// Makes dist/: portal-HASH.js, keys-HASH.js, keeper-HASH.js, portal-HASH.css, licences-HASH.txt and manifest.json, which names them.
// The same lock file gives the same bytes. Fails when the style sheet asks for anything that the CSP or a licence forbids.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const packages = new Set(["govuk-frontend"]);

async function script(entry, format) {
  const made = await build({
    entryPoints: [join(here, "src", entry)],
    absWorkingDir: here,
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    charset: "utf8",
    legalComments: "none",
    platform: "browser",
    target: ["es2022"],
    format,
    logLevel: "warning",
  });
  for (const input of Object.keys(made.metafile.inputs)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (name !== undefined) packages.add(name);
  }
  return made.outputFiles[0].contents;
}

/** govuk-frontend without font files, crest and crown, which are licensed for GOV.UK services only. */
async function style() {
  const govuk = readFileSync(join(here, "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css"), "utf8")
    .replace(/@font-face\{[^}]*\}/g, "")
    .replace(/"?GDS Transport"?,\s*/g, "")
    .replace(/@supports[^{]*mask-position[^{]*\{\.govuk-footer__copyright-logo[^{}]*\{[^}]*\}\}/g, "")
    .replace(/[^{}]*\.govuk-footer__(?:copyright-logo|crown)[^{}]*\{[^}]*\}/g, "")
    .replace(/\/\*#[^*]*\*\//g, "");
  const sheets = readdirSync(join(here, "src")).filter((name) => name.endsWith(".css")).sort();
  const own = sheets.map((name) => readFileSync(join(here, "src", name), "utf8")).join("\n");
  const { code } = await transform(`${govuk}\n${own}`, { loader: "css", minify: true, charset: "utf8", legalComments: "none" });
  const forbidden = /url\(|@font-face|@import|gds transport|crest|crown|expression\(/i.exec(code);
  if (forbidden !== null) throw new Error(`the style sheet has ${forbidden[0]} near ${code.slice(forbidden.index - 60, forbidden.index + 60)}`);
  return Buffer.from(code);
}

/** The notices that those licences ask to be kept with the code. */
function licences() {
  const notices = [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license, author, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const terms = file === undefined ? `By ${author.name ?? author}, ${repository.url}` : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${terms}\n`;
  });
  return Buffer.from(notices.join(`\n${"-".repeat(72)}\n\n`));
}

const made = {
  "portal.js": await script("page/portal.ts", "esm"),
  "keys.js": await script("worker/keys.ts", "iife"),
  "keeper.js": await script("keeper/keeper.ts", "iife"),
  "portal.css": await style(),
  "licences.txt": licences(),
};
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const manifest = {};
for (const [name, bytes] of Object.entries(made)) {
  const digest = createHash("sha384").update(bytes).digest();
  const file = name.replace(".", `-${digest.subarray(0, 8).toString("hex")}.`);
  writeFileSync(join(dist, file), bytes);
  manifest[name] = { file, sha384: digest.toString("base64") };
  console.log(`${file} ${bytes.length}`);
}
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
