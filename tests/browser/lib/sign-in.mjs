// Signing in as a person does: email, passphrase, then the six digits of the authenticator app (RFC 6238, SHA-1, 30 s).

import { createHmac } from "node:crypto";
import { setTimeout as until } from "node:timers/promises";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000;

/** Steps whose code was used; a portal takes none twice. */
const used = new Map();

function base32(text) {
  let bits = "";
  for (const letter of text.replace(/=+$/, "")) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** The code of one step, counted from 1970. */
export function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", base32(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that this person has not used yet. Somebody who just signed in takes the next, which a portal accepts one step early. */
export async function freshCode(account) {
  const step = Math.max(Math.floor(Date.now() / STEP), (used.get(account.email) ?? 0) + 1);
  await until(Math.max(0, (step - 1) * STEP - Date.now()));
  used.set(account.email, step);
  return totp(account.totp_secret, step);
}

/** From the sign-in page to the person's first page. */
export async function signIn(page, account) {
  await page.goto("/sign-in");
  await page.locator('input[name="email"]').fill(account.email);
  await page.locator("#passphrase").fill(account.passphrase);
  await page.locator('main form button[type="submit"]').click();
  const code = page.locator('input[autocomplete="one-time-code"]');
  await code.waitFor({ timeout: 60_000 });
  await code.fill(await freshCode(account));
  await page.locator('main form button[type="submit"]').click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
