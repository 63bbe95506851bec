// Chapter 3: the manager signs the undertaking, says why, acknowledges the conditions, and sees the marked copy.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fill, refused, send, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { compared, drawn } from "../lib/pixels.mjs";
import { realPhotograph } from "../lib/real-photograph.mjs";
import { REQUEST } from "./ask.mjs";

export async function managerSigns(stage) {
  const { page, account, quiet } = await stage.as("Morgan");
  await look(page, "home-manager");
  await page.goto("/bulletins");
  await look(page, "bulletins-before-undertaking");
  await page.goto("/undertaking");
  await look(page, "undertaking-unsigned");
  await page.getByRole("button", { name: "Read the undertaking" }).click();
  await look(page, "undertaking-text");
  // Without the keys nothing is signed, and the page says what to do.
  await page.getByRole("button", { name: "Sign the undertaking" }).click();
  await page.getByText("Your keys are locked.").waitFor();
  await unlock(page, account);
  await page.screenshot({ path: join(stage.out, "story-5-undertaking.png"), fullPage: true });
  assert.equal(await send(page, "Sign the undertaking"), 303);
  assert.equal(new URL(page.url()).pathname, "/undertaking/mine");
  assert.match(await page.locator("main").innerText(), /sign\/v1\nundertaking\n/);
  await look(page, "undertaking-mine");
  quiet();
}

export async function managerSaysWhy(stage) {
  const { page, quiet } = await stage.as("Morgan");
  await page.goto("/bulletins");
  assert.equal(await send(page, "Continue"), 422);
  await refused(page, { purpose: /./ });
  await look(page, "bulletins-purpose-error");
  await fill(page, { purpose: "prevention" });
  assert.equal(await send(page, "Continue"), 303);
  await page.getByRole("link", { name: stage.facts.urn }).first().click();
  stage.facts.bulletin = new URL(page.url()).pathname;
  await look(page, "bulletin-conditions");
  assert.equal(await send(page, "I have read and accept these conditions"), 303);
  await drawn(page, "viewer", 2);
  quiet();
}

export async function managerSees(stage) {
  const { page, quiet } = await stage.as("Morgan");
  await page.goto(stage.facts.bulletin);
  await drawn(page, "viewer", 2);
  const canvas = page.locator('[data-part="viewer"] canvas');
  const seen = await compared(canvas, realPhotograph());
  assert.equal(`${seen.width} × ${seen.height}`, "512 × 512");
  assert.ok(seen.colours > 500, `nearly blank: ${JSON.stringify(seen)}`);
  assert.ok(seen.changed > 0.02 && seen.meanDistance < 60, `not a marked copy of the photograph: ${JSON.stringify(seen)}`);
  assert.equal(await canvas.getAttribute("aria-label"), `Photograph 1 of bulletin ${stage.facts.urn}`);
  assert.match(await page.locator("[data-words]").innerText(), new RegExp(REQUEST.text.split(".")[0]));
  assert.match(await page.locator("main").innerText(), /Do not approach/);
  assert.match(await page.locator('[data-part="viewer"]').getAttribute("data-overlay"), /^Morgan Ellery · \d/);
  await page.screenshot({ path: join(stage.out, "story-6-bulletin.png"), fullPage: true });
  await look(page, "bulletin-open");
  await hidesAndShowsAgain(page);
  quiet();
}

/** Printing and looking away empty the page; showing it again asks the server anew. */
async function hidesAndShowsAgain(page) {
  const away = page.locator('[data-part="viewer"] [data-away]');
  await page.pdf();
  await away.waitFor();
  const left = page.locator('[data-part="viewer"] [data-shown]');
  assert.equal(await left.isHidden(), true);
  assert.equal(await page.locator("[data-words]").textContent(), "");
  await look(page, "bulletin-away");
  const fetched = [];
  page.on("request", (asked) => {
    if (asked.url().includes("/parts/")) fetched.push(asked.url());
  });
  await away.getByRole("button", { name: "Show again" }).click();
  await drawn(page, "viewer", 2);
  assert.equal(fetched.length, 2, "both parts are fetched anew");
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await away.waitFor();
  assert.equal(await page.locator("[data-drawn]").count(), 0);
  page.removeAllListeners("request");
}

/** What the server sends is an age file to this person, and Debian's `age` opens it to a JPEG. */
export async function sealedBytes(stage) {
  const { page, account, quiet } = await stage.as("Morgan");
  const url = await page.locator('[data-part="viewer"] [data-photograph]').getAttribute("data-url");
  stage.facts.picture = url;
  const got = await page.evaluate(async (path) => {
    const answer = await fetch(path);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return { status: answer.status, kept: answer.headers.get("cache-control"), base64 };
  }, url);
  assert.equal(got.status, 200);
  assert.match(got.kept, /no-store/);
  const [sealed, key, plain] = ["part.age", "identity.txt", "part.jpg"].map((name) => join(stage.demo.folder, name));
  writeFileSync(sealed, Buffer.from(got.base64, "base64"));
  writeFileSync(key, `${account.age_identity}\n`, { mode: 0o600 });
  execFileSync("age", ["-d", "-i", key, "-o", plain, sealed]);
  const jpeg = readFileSync(plain);
  assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  assert.deepEqual([...jpeg.subarray(-2)], [0xff, 0xd9]);
  writeFileSync(key, `${stage.account("Toby").age_identity}\n`);
  assert.throws(() => execFileSync("age", ["-d", "-i", key, sealed], { stdio: ["ignore", "ignore", "pipe"] }), /no identity matched/);
  quiet();
}

/** The list with small pictures, and a copy that the holder of another cannot reach. */
export async function smallPictures(stage) {
  const { page, account, quiet } = await stage.as("Morgan");
  await page.goto("/bulletins");
  await unlock(page, account);
  await page.locator('[data-part="thumbnails"] canvas:not([hidden])').first().waitFor({ timeout: 60_000 });
  await look(page, "bulletins-thumbnails");
  const toby = await stage.as("Toby");
  await toby.page.goto("/bulletins");
  await fill(toby.page, { purpose: "protection" });
  assert.equal(await send(toby.page, "Continue"), 303);
  const answer = await toby.page.goto(stage.facts.bulletin);
  assert.equal(answer.status(), 404);
  await look(toby.page, "not-found");
  toby.quiet();
  quiet();
}
