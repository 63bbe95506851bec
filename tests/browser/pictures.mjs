// Makes the pictures of docs/: those of USER-admin.md, USER-police.md and USER-scheme.md by the steps of their tests, then the README's by
// the story once more, with a portrait drawn by the demo instead of the real photograph, because no real face is kept in this tree. Run by
// hand (`make pictures`). The README's need ImageMagick for making them small; the guides' are taken small, and show no face (`node
// pictures.mjs admin`, `police` or `custody`: those alone).

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStage } from "./lib/stage.mjs";

const out = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "portal-pictures-"));
const at = (name) => join(folder, name);

/** Opens a waiting request's original with the co-ordinator's own key, as their browser would, and gives the drawn portrait. */
async function drawnPortrait(stage) {
  const { page, account } = await stage.as("Sam");
  await page.goto("/releases");
  await page.getByRole("link", { name: /Bicycle thefts/ }).first().click();
  const original = page.locator('[data-part="original"]').first();
  const bytes = async (path) => Buffer.from(await page.evaluate(async (from) => {
    const got = new Uint8Array(await (await fetch(from)).arrayBuffer());
    return btoa(Array.from(got, (byte) => String.fromCharCode(byte)).join(""));
  }, path), "base64");
  writeFileSync(at("box.age"), await bytes(await original.getAttribute("data-unit-box")));
  writeFileSync(at("original.age"), await bytes(await original.locator("[data-photograph]").first().getAttribute("data-url")));
  writeFileSync(at("person"), `${account.age_identity}\n`, { mode: 0o600 });
  execFileSync("age", ["-d", "-i", at("person"), "-o", at("unit"), at("box.age")]);
  execFileSync("age", ["-d", "-i", at("unit"), "-o", at("portrait.jpg"), at("original.age")]);
  execFileSync("convert", [at("portrait.jpg"), "-gravity", "center", "-crop", "900x900+0+0", "+repage", "-resize", "512x512!", at("portrait.png")]);
}

mkdirSync(out, { recursive: true });
let stage;
const only = process.argv[2];
for (const [guide, room] of [["admin", "admin"], ["police", "plain"]]) {
  if (only !== undefined && only !== guide) continue;
  const { pictured } = await import(`./story/${room}.mjs`);
  stage = await openStage();
  stage.pictures = out;
  try {
    for (const step of pictured) await step(stage);
  } finally {
    await stage.stop();
  }
}
// What is outside, and until when: the tests themselves, told where their pictures go.
if (only === undefined || only === "custody") {
  const env = { ...process.env, PORTAL_PICTURES: out };
  const files = ["review", "demands", "expiry", "messages", "retention", "prints"].map((name) => `${name}.test.mjs`);
  execFileSync(process.execPath, ["--test", "--test-concurrency=1", ...files], { env, stdio: "inherit" });
}
if (only !== undefined) process.exit(0);

stage = await openStage();
await drawnPortrait(stage);
await stage.stop();

process.env.PORTAL_PHOTOGRAPH = at("portrait.png");
const [ask, decide, view, audit, end] = await Promise.all(["ask", "decide", "view", "audit", "end"].map((room) => import(`./story/${room}.mjs`)));
stage = await openStage();
stage.out = folder + "/";
const chapters = [
  ask.officerAsks, decide.coordinatorLooks, decide.rulesRefuse, decide.coordinatorDecides, decide.coordinatorSeals, view.managerSigns, view.managerSaysWhy,
  view.managerSees, view.sealedBytes, view.smallPictures, audit.auditorSearches, end.coordinatorRecalls, end.managerSeesItGone, end.managerConfirms,
];
try {
  for (const chapter of chapters) await chapter(stage);
} finally {
  await stage.stop();
}

for (const name of ["1-request", "2-original", "3-decision", "4-sealing", "5-undertaking", "6-bulletin", "7-log", "8-certificate"]) {
  const small = ["-crop", "1280x1100+0+0", "+repage", "-resize", "640x", "-colors", "48", "-strip", "-define", "png:compression-level=9"];
  execFileSync("convert", [at(`story-${name}.png`), ...small, join(out, `${name}.png`)]);
}
console.log(`Pictures are in ${out}`);
