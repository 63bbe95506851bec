// Chapter 1: an officer asks, with a real photograph; and what a careless or hostile hand gets for an answer.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fill, kept, refused, send } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { realPhotograph } from "../lib/real-photograph.mjs";
import { CUSTODY, NEW, sent, typed } from "../lib/request.mjs";

export const REQUEST = {
  title: "Thefts from the orbital bookshop",
  reasons: "Five reports since the start of the month name the same person; staff cannot act without a picture.",
  purposes: ["prevention", "detection"],
  locality: "Cantwell town centre",
  text: "Suspected of taking boxed sets near closing time. Works alone and leaves by the side door.",
  danger: "yes",
};

export async function officerAsks(stage) {
  const riley = await stage.as("Riley");
  const { page, quiet } = riley;
  await look(page, "home-officer");
  await page.goto(NEW);
  await look(page, "ask");
  const { locality: _, ...incomplete } = REQUEST;
  await fill(page, incomplete);
  // It saves itself, and the page is the draft's own from then on.
  await page.getByText(/^Saved at \d\d:\d\d$/).waitFor({ timeout: 30_000 });
  assert.match(page.url(), /\/releases\/[0-9a-f-]{36}\/request$/);
  await page.reload();
  await kept(page, incomplete);
  assert.equal(await typed(riley, { photographs: realPhotograph() }), 303);
  assert.match(page.url(), /\/check$/);
  const missing = await page.locator("main").innerText();
  for (const sentence of [/Enter the locality/, /Only a custody photograph/, /brought to justice/, /Genesis\/Athena reference/]) {
    assert.match(missing, sentence);
  }
  await look(page, "ask-missing");
  await page.getByRole("link", { name: /Enter the locality/ }).click();
  await refused(page, {
    locality: /Enter the locality/,
    source: /Only a custody photograph/,
    justice: /brought to justice/,
    image_reference: /Genesis\/Athena reference/,
  });
  await kept(page, incomplete);
  await look(page, "ask-errors");
  await fill(page, { ...REQUEST, ...CUSTODY });
  await page.screenshot({ path: join(stage.out, "story-1-request.png"), fullPage: true });
  assert.equal(await send(page, "Save and go on"), 303);
  await look(page, "check");
  assert.equal(await sent(riley), 303);
  assert.match(page.url(), /\/releases\/[0-9a-f-]{36}$/);
  stage.facts.release = new URL(page.url()).pathname;
  const sheet = await page.locator("main").innerText();
  assert.match(sheet, /512 by 512 pixels/);
  assert.match(sheet, /waits for an Area Intelligence Co-ordinator/);
  assert.match(sheet, new RegExp(REQUEST.title));
  await look(page, "request-sent");
  quiet();
}

/** What is no photograph, and what is too much, hidden or hostile, is answered beside its field with everything else kept. */
export async function badInput(stage) {
  const riley = await stage.as("Riley");
  const { page, quiet } = riley;
  const whole = readFileSync(realPhotograph());
  const file = (name, bytes) => {
    const path = join(stage.demo.folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const text = file("words.jpg", "this is not a photograph\n".repeat(100));
  const cut = file("cut.png", whole.subarray(0, 200_000));
  const jpeg = file("cut.jpg", (await asJpeg(page, whole)).subarray(0, 9_000));
  const hostile = { ...REQUEST, ...CUSTODY, title: '<script>alert(1)</script> "><img src=x onerror=alert(1)>' };
  await page.goto(NEW);
  for (const [photographs, sentence] of [
    [text, /JPEG, PNG or WebP/],
    [cut, /damaged|cut short|incomplete|whole|read/i],
    [jpeg, /damaged|cut short|incomplete|whole|read/i],
  ]) {
    assert.equal(await typed(riley, { ...hostile, photographs }), 422);
    await refused(page, { photographs: sentence });
    await kept(page, hostile);
  }
  await look(page, "ask-bad-file");
  const long = "é\u{1F600}<script>".repeat(30_000);
  const reversed = "Riley \u202Egpj.exe";
  assert.equal(await typed(riley, { text: long, locality: reversed, title: "x".repeat(300) }), 422);
  await refused(page, {
    title: /200 characters or fewer: you have 300/,
    text: /5000 characters or fewer: you have 300000|5,000 characters or fewer/,
    locality: /hidden control character/,
  });
  await kept(page, { text: long, locality: reversed, title: "x".repeat(300) });
  await page.locator("summary", { hasText: "Throw this draft away" }).click();
  assert.equal(await send(page, "Throw this draft away"), 303);
  quiet();
}

/** The photograph as a JPEG, by the browser's own encoder. */
async function asJpeg(page, png) {
  const base64 = await page.evaluate(async (from) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(from), (one) => one.charCodeAt(0))]));
    const sheet = new OffscreenCanvas(bitmap.width, bitmap.height);
    sheet.getContext("2d").drawImage(bitmap, 0, 0);
    const bytes = new Uint8Array(await (await sheet.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, png.toString("base64"));
  return Buffer.from(base64, "base64");
}
