// Whose key it is, in the browser: a stranger with the database in hand exchanges keys, with Debian's sqlite3 and age, between
// authority and sealing. The portal says so; and where the portal is made to keep silent, the browser still does, and posts nothing.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { authorises } from "./lib/decision.mjs";
import { unlock } from "./lib/forms.mjs";
import { look } from "./lib/look.mjs";
import { realPhotograph } from "./lib/real-photograph.mjs";
import { CUSTODY, NEW, asks, typed } from "./lib/request.mjs";
import { openStage } from "./lib/stage.mjs";
import { REQUEST } from "./story/ask.mjs";

let stage;
let folder;
let release;
before(async () => {
  stage = await openStage();
  folder = mkdtempSync(join(tmpdir(), "portal-stranger-"));
  release = await authorised();
});
after(async () => {
  await stage?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name) => join(folder, name);
const sql = (words) => execFileSync("sqlite3", ["-cmd", ".timeout 5000", join(stage.demo.data, "portal.sqlite"), words]).toString().trim();

/** A key pair of the stranger's own. */
function stranger(name) {
  execFileSync("age-keygen", ["-o", at(name)], { stdio: "ignore" });
  return execFileSync("age-keygen", ["-y", at(name)]).toString().trim();
}

/** A release with a photograph, authorised for Morgan and Toby, nothing sealed. */
async function authorised() {
  const path = await asks(await stage.as("Riley"), { ...REQUEST, ...CUSTODY, photographs: realPhotograph() });
  const sam = await stage.as("Sam");
  const { page, context, expecting } = sam;
  // The page that follows seals by itself: it is kept from it until the keys are exchanged.
  const notYet = (route) => route.abort();
  expecting(/ERR_FAILED/);
  await context.route("**/sealing", notYet);
  await authorises(sam, path, ["Morgan Ellery", "Toby Garrick"]);
  await page.goto("/");
  await context.unroute("**/sealing", notYet);
  return path;
}

/** The same request from here, under the demo's own authority: Playwright's fetch would not know it. */
function fetched(url, headers) {
  const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":") && name !== "accept-encoding"));
  return new Promise((done, failed) => {
    const answered = async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      done(JSON.parse(Buffer.concat(parts).toString()));
    };
    get(url, { ca: readFileSync(stage.demo.caFile), headers: sent }, (answer) => answered(answer).catch(failed)).on("error", failed);
  });
}

/** Opens the sealing page and unlocks; answers what is told, and every request about originals. A silent portal says no problem. */
async function sealing({ silent }) {
  const { page, context, account } = await stage.as("Sam");
  const asked = [];
  const note = (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
  context.on("request", note);
  const hush = async (route) => {
    const request = route.request();
    const plan = await fetched(request.url(), await request.allHeaders());
    await route.fulfill({ json: { ...plan, problem: null }, headers: { "cache-control": "no-store" } });
  };
  if (silent) await context.route("**/sealing", hush);
  await page.goto(`${release}/seal`);
  if (silent) await unlock(page, account);
  const told = page.locator('[data-part="seal"] > [data-error]');
  // Looking and sealing both try at once: the words stand when it is given up.
  await page.locator('[data-part="seal"] [data-retry]').waitFor({ timeout: 20_000 });
  const words = await told.innerText();
  await context.unroute("**/sealing", hush);
  context.off("request", note);
  return { words, asked: asked.filter((one) => /\/original$|\/unit-box$|^POST .*\/sealing$/.test(one)) };
}

const alarms = async () => {
  const { page } = await stage.as("Robin");
  await page.goto("/log?kind=key.alarm");
  return page.locator("main tbody tr").count();
};

test("a recipient exchanged between authority and sealing stops it, by name, with nothing opened or posted", async () => {
  const was = sql("SELECT recipient FROM person WHERE name = 'Morgan Ellery'");
  sql(`UPDATE person SET recipient = '${stranger("recipient")}' WHERE name = 'Morgan Ellery'`);
  const loud = await sealing({ silent: false });
  assert.match(loud.words, /Nothing is sealed now\. Stop: the key on record for Morgan Ellery is not the one that was approved/);
  assert.deepEqual(loud.asked, []);
  await look((await stage.as("Sam")).page, "seal-key-changed");
  const before = await alarms();
  assert.ok(before >= 1, "no alarm in the log");
  const silent = await sealing({ silent: true });
  assert.match(silent.words, /Stop: the key on record is not the one that was confirmed: Morgan Ellery\. Nothing was opened or sent/);
  assert.deepEqual(silent.asked, []);
  await look((await stage.as("Sam")).page, "seal-key-changed-silent");
  sql(`UPDATE person SET recipient = '${was}' WHERE name = 'Morgan Ellery'`);
});

test("a unit key exchanged together with its box is noticed, by portal and browser, before anything is opened", async () => {
  const { page, account } = await stage.as("Sam");
  const own = sql("SELECT recipient FROM person WHERE name = 'Sam Hollis'");
  const [was, box] = sql("SELECT unit_recipient || ' ' || hex(unit_box) FROM area WHERE code = 'CZ'").split(" ");
  const unit = stranger("unit");
  // The box opens with Sam's own key and holds the identity of the recipient on record: only the root's paper is missing.
  const line = execFileSync("grep", ["^AGE-SECRET-KEY", at("unit")]);
  writeFileSync(at("line"), line.toString());
  execFileSync("age", ["-r", own, "-o", at("box"), at("line")]);
  sql(`UPDATE area SET unit_recipient = '${unit}', unit_box = readfile('${at("box")}') WHERE code = 'CZ'`);
  sql(`UPDATE unit_sealed SET unit = '${unit}' WHERE unit = '${was}'`);
  const loud = await sealing({ silent: false });
  assert.match(loud.words, /Stop: the unit's key on record is not one that the root signed/);
  const silent = await sealing({ silent: true });
  assert.match(silent.words, /Stop: the unit's key is not the one that the root key signed/);
  assert.deepEqual([...loud.asked, ...silent.asked], []);
  // Opening an original asks the same.
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(release);
  await unlock(page, account);
  const told = page.locator('[data-part="original"] > [data-error]');
  await told.waitFor({ timeout: 20_000 });
  assert.match(await told.innerText(), /Stop: the unit's key is not the one that the root key signed/);
  assert.deepEqual(asked.filter((path) => /unit-box$|original$/.test(path)), []);
  await look(page, "original-unit-key-changed");
  // An officer's next original is not taken either.
  const riley = await stage.as("Riley");
  await riley.page.goto(NEW);
  assert.equal(await typed(riley, { ...REQUEST, ...CUSTODY, photographs: realPhotograph() }), 422);
  assert.match(await riley.page.locator(".govuk-error-summary").innerText(), /unit's key on record is not one that the root signed/);
  sql(`UPDATE area SET unit_recipient = '${was}', unit_box = X'${box}' WHERE code = 'CZ'`);
  sql(`UPDATE unit_sealed SET unit = '${was}' WHERE unit = '${unit}'`);
});

test("put right again, the same release is sealed", async () => {
  const { page, account } = await stage.as("Sam");
  await page.goto(`${release}/seal`);
  const gone = page.waitForURL((url) => url.pathname === release, { timeout: 120_000 });
  await unlock(page, account);
  await gone;
  assert.equal(await page.getByRole("region", { name: "Copies" }).locator("tbody tr").count(), 2);
  await stage.everybodyLeaves();
});
