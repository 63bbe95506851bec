// Chapters 4 and 5: the auditor's searches, and a program written by somebody else.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fill, send, ukTime } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The indexes that a search shows, and what it says about how many there are. */
async function found(page) {
  const entries = await page.locator("table.portal-log tbody th").allInnerTexts();
  const said = await page.locator("main").innerText();
  return { entries: entries.map(Number), of: Number(/ of (\d+), newest first/.exec(said)?.[1] ?? "0") };
}

export async function auditorSearches(stage) {
  const { page, quiet, expecting } = await stage.as("Robin");
  const { urn } = stage.facts;
  // A day that is none, written into the address by hand: the browser's own date field cannot show it.
  expecting(/The specified value "2026-02-31" does not conform to the required format/);
  await look(page, "home-auditor");
  await page.goto("/log");
  await look(page, "log");
  const today = ukTime(Date.now()).date;
  await fill(page, { person: { label: "Morgan Ellery" }, urn, kind: "view", from: today, to: today });
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/kind=view/);
  const views = await found(page);
  // Photograph and text after the conditions, as the page is opened again, and once more after looking away; then the fetch of the sealed bytes.
  assert.equal(views.of, 7, "views of Morgan's copy");
  assert.equal(views.entries.length, 7);
  await look(page, "log-search");
  await page.screenshot({ path: join(stage.out, "story-7-log.png"), fullPage: true });
  const all = await entriesOf(page, `/log?urn=${encodeURIComponent(urn)}`);
  const signed = await entriesOf(page, `/log?urn=${encodeURIComponent(urn)}&kind=acknowledge`);
  const delivered = await entriesOf(page, `/log?urn=${encodeURIComponent(urn)}&kind=delivered`);
  assert.equal(signed.entries.length, 1);
  const first = Math.min(...views.entries);
  assert.ok(signed.entries[0] < first, "the conditions were signed before the first view");
  assert.ok(all.of > 10 && Math.min(...delivered.entries) > first, "a view is in the log before it is delivered");
  await wrongSearches(page);
  await csv(stage, page, urn);
  await page.goto(`${stage.facts.release}/timeline`);
  const timeline = await page.locator("main").innerText();
  for (const what of [/was asked|asked for|request/i, /authoris/i, /seal/i, /view/i]) assert.match(timeline, what);
  await look(page, "timeline");
  quiet();
}

async function entriesOf(page, address) {
  await page.goto(address);
  return found(page);
}

async function wrongSearches(page) {
  for (const query of ["urn=CZ%2F999%2F26", "urn=%3Cscript%3E", "from=2026-02-31", "from=2026-05-02&to=2026-05-01", "kind=nonsense", "person=%00"]) {
    const answer = await page.goto(`/log?${query}`);
    assert.ok(answer.status() < 500 && answer.status() !== 404, `${query}: ${answer.status()}`);
  }
  await page.goto("/log?from=2026-05-02&to=2026-05-01");
  await page.locator("#to-error").waitFor();
  await look(page, "log-search-error");
}

async function csv(stage, page, urn) {
  await page.goto(`/log?urn=${encodeURIComponent(urn)}&kind=view`);
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download as CSV" }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), "log.csv");
  const lines = readFileSync(await download.path(), "utf8").trim().split("\r\n");
  const rows = lines.length > 1 ? lines : lines[0].split("\n");
  assert.match(rows[0], /^index,at,kind,actor,name,object,copy,purpose/);
  assert.equal(rows.length, 8);
  for (const row of rows.slice(1)) assert.match(row, /,view,person\/[0-9a-f-]+,Morgan Ellery,release\/.*,Prevention of crime,/);
}

export async function auditorVerifies(stage) {
  const { page, quiet } = await stage.as("Robin");
  await page.goto("/log/verify");
  await look(page, "verify");
  assert.equal(await send(page, "Verify the whole log now"), 200);
  assert.match(await page.locator("main").innerText(), /The log is whole: \d+ entries, none changed, none missing/);
  await look(page, "verified");
  await page.goto("/log/head");
  assert.match(await page.locator("main").innerText(), new RegExp(stage.demo.logVkey.slice(0, 30).replace(/[+.]/g, "\\$&")));
  await look(page, "log-head");
  quiet();
}

/** Who signed what stands on the release's page; the decision can be taken along and holds without the portal, changed it does not. */
export async function auditorReadsSignatures(stage) {
  const { page, quiet } = await stage.as("Robin");
  await page.goto(stage.facts.release);
  const signed = page.getByRole("region", { name: "Signatures" });
  const lines = await signed.locator("tbody tr").allInnerTexts();
  assert.equal(lines.length, 3, "request, decision and Morgan's receipt");
  for (const [at, what] of [/Request for a release[^]*Riley Marsh/, /Decision on a request[^]*Sam Hollis/, /Receipt[^]*Morgan Ellery/].entries()) {
    assert.match(lines[at], what);
    assert.match(lines[at], /([a-z]+ ){5}[a-z]+$/);
  }
  await signed.getByRole("link", { name: /Request for a release/ }).click();
  await look(page, "statement-request");
  assert.doesNotMatch(await page.locator("main").innerText(), /boxed sets/, "released words live on beside a signature");
  await page.goBack();
  await signed.getByRole("link", { name: /Decision on a request/ }).click();
  assert.match(await page.locator("main").innerText(), /has verified it now[^]*Sam Hollis[^]*What would be prejudiced[^]*Without the picture[^]*the root key/i);
  await look(page, "statement-decision");
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the statement file" }).click();
  const file = await (await coming).path();
  const verify = ["verify", "statement", "--root", stage.demo.rootVkey];
  assert.match(execFileSync(stage.demo.binary, [...verify, file], { encoding: "utf8" }), /^It holds\.\nSigned by Sam Hollis, Area Intelligence Co-ordinator, area CZ/);
  const changed = join(stage.demo.folder, "changed.json");
  writeFileSync(changed, readFileSync(file, "utf8").replace("authority", "authorize"));
  assert.throws(() => execFileSync(stage.demo.binary, [...verify, changed], { stdio: "pipe" }), (why) => why.status === 1);
  quiet();
}

export async function strangersProgram(stage) {
  const dir = join(stage.demo.folder, "export");
  execFileSync(stage.demo.binary, ["log", "export", "--data", stage.demo.data, dir], { stdio: ["ignore", "pipe", "pipe"] });
  const go = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" };
  const program = join(stage.demo.folder, "logcheck");
  execFileSync("go", ["build", "-o", program, join(root, "tests/go/logcheck/main.go")], { env: go });
  const said = execFileSync(program, ["-vkey", stage.demo.logVkey, "-dir", dir], { encoding: "utf8" });
  assert.match(said, /^PASSED: /m);
}

export async function noPictureForThem(stage) {
  for (const name of ["Lee", "Robin", "Sam", "Toby"]) {
    const { page, quiet } = await stage.as(name);
    if (name === "Lee") await look(page, "home-administrator");
    for (const path of [stage.facts.picture, stage.facts.bulletin]) {
      const status = await page.evaluate(async (address) => (await fetch(address)).status, path);
      assert.equal(status, 404, `${name} at ${path}`);
    }
    quiet();
  }
  const { page } = await stage.as("Sam");
  await page.goto(stage.facts.release);
  const original = await page.locator('[data-part="original"] [data-photograph]').getAttribute("data-url");
  for (const name of ["Lee", "Robin", "Riley", "Morgan", "Dana"]) {
    const someone = await stage.as(name);
    const status = await someone.page.evaluate(async (address) => (await fetch(address)).status, original);
    assert.equal(status, 404, `${name} at the original`);
  }
}
