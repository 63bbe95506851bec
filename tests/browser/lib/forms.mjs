// Filling forms as a person does, and reading what the portal says about them.

import assert from "node:assert/strict";

const escaped = (value) => value.replace(/["\\]/g, "\\$&");

/** Types into fields by name; a list or a radio's value is ticked. */
export async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main [name="${name}"]:not([type="hidden"])`).first();
    const kind = await field.evaluate((one) => (one instanceof HTMLInputElement ? one.type : one.localName));
    if (kind === "radio" || kind === "checkbox") {
      for (const one of [value].flat()) await page.locator(`main input[name="${name}"][value="${escaped(one)}"]:not([type="hidden"])`).check();
    } else if (kind === "select") await field.selectOption(value);
    else if (kind === "file") await field.setInputFiles(value);
    else await field.fill(value);
  }
}

/** Fails where a field no longer holds what was typed. */
export async function kept(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const now = await page.locator(`main [name="${name}"]`).evaluateAll((all) =>
      all.filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked).map((one) => one.value),
    );
    assert.deepEqual(now, [value].flat(), `${name} was not kept`);
  }
}

/** Presses a button and waits for the page that answers. */
export async function send(page, button) {
  const answered = page.waitForResponse((one) => one.request().isNavigationRequest() && one.request().method() === "POST");
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: button, exact: true }).click();
  const answer = await answered;
  await loaded;
  return answer.status();
}

/** Fails unless each field has its sentence beside it, joined to the field, and in the summary, which leads to it. */
export async function refused(page, sentences) {
  const summary = page.locator(".govuk-error-summary");
  await summary.waitFor();
  assert.match(await page.title(), /^Error: /);
  for (const [name, sentence] of Object.entries(sentences)) {
    assert.match(await page.locator(`#${name}-error`).innerText(), sentence, name);
    assert.match(await summary.locator(`a[href="#${name}"]`).first().innerText(), sentence, `${name} in the summary`);
    assert.equal(await page.locator(`#${name}`).count(), 1, `the summary leads nowhere: #${name}`);
    const joined = page.locator(`[aria-describedby~="${name}-error"]`);
    assert.equal(await joined.count(), 1, `${name}'s sentence is not joined to it`);
  }
  return summary;
}

/** Whether the page's keys are "open", from a page before, or "locked". */
export async function keys(page) {
  const part = page.locator('[data-part="unlock"][data-state]');
  await part.waitFor({ state: "attached", timeout: 10_000 });
  return part.getAttribute("data-state");
}

/** Gives the passphrase to the page's unlock part, once a visit; after that, asks for what is not shown unasked. */
export async function unlock(page, account) {
  if ((await keys(page)) === "open") {
    const ready = page.locator("[data-ready]:not([hidden]) button");
    if ((await ready.count()) > 0) await ready.click();
    return;
  }
  await page.locator("#unlock-passphrase").fill(account.passphrase);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
  await page.locator('[data-part="unlock"]').waitFor({ state: "hidden", timeout: 60_000 });
}

/** Opens the person's keys on this page and sends its form signed, as they do it. */
export async function sign(page, account, button) {
  await unlock(page, account);
  return send(page, button);
}

/** A day and a time in the UK, as the browser's own fields take them. */
export function ukTime(milliseconds) {
  const words = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London", dateStyle: "short", timeStyle: "short" });
  const [date, time] = words.format(new Date(milliseconds)).split(" ");
  return { date, time };
}

/** The moment at which a UK day that is written like "19 January 2027" is over. */
export function endOfUkDay(words) {
  const day = new Date(`${words} UTC`);
  const midnight = day.getTime() + DAY;
  return ukTime(midnight).time === "00:00" ? midnight : midnight - HOUR;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
