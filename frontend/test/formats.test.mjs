// The formats against their documents, and against a second implementation (node:crypto), so that the vectors are nobody's echo.

import assert from "node:assert/strict";
import * as second from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as f from "../node_modules/.cache/portal/formats.mjs";

function vectors(page) {
  const text = readFileSync(new URL(`../../docs/formats/${page}`, import.meta.url), "utf8");
  return Object.fromEntries([...text.matchAll(/^```json ([a-z-]+)\n([^]*?)^```$/gm)].map(([, name, body]) => [name, JSON.parse(body)]));
}

const signIn = vectors("sign-in.md");
const statement = vectors("statement.md");
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data) => Buffer.from(data).toString("hex");
const der = (half, secret) => second.createPrivateKey({ key: Buffer.from(f.pkcs8(half, bytes(secret))), format: "der", type: "pkcs8" });
const spki = (key) => hex(second.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));

test("the documents have all their vectors", () => {
  assert.deepEqual(Object.keys(signIn), ["split", "keys", "wrap-passphrase", "wrap-recovery", "wrap-passkey"]);
  assert.deepEqual(Object.keys(statement), ["statement", "fields", "fields-with-files", "statement-file"]);
});

test("what is typed becomes its normal form", () => {
  const { typed_email, typed_passphrase, email, passphrase } = signIn.split;
  assert.equal(f.normalEmail(typed_email), email);
  assert.equal(f.normalPassphrase(typed_passphrase), passphrase);
  assert.equal(f.normalPassphrase(passphrase), passphrase);
  assert.equal(f.normalPassphrase(" \n\t"), "");
});

test("the split is the documented one, in both implementations", async () => {
  const v = signIn.split;
  const shares = [];
  const master = f.masterKey(v.typed_email, v.typed_passphrase, (share) => shares.push(share));
  assert.equal(hex(master), v.mk);
  assert.equal(hex(second.scryptSync(v.passphrase, v.salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 })), v.mk);
  assert.equal(shares.at(-1), 1);
  assert.equal(hex(f.authHalf(master)), v.auth);
  assert.equal(hex(f.wrapHalf(master)), v.wrap_key);
  for (const [info, want] of [["disclosure-portal/auth/v1", v.auth], ["disclosure-portal/wrap/v1", v.wrap_key]]) {
    assert.equal(hex(second.hkdfSync("sha256", bytes(v.mk), "", info, 32)), want);
  }
  const halves = await f.split(v.typed_email, v.typed_passphrase);
  assert.equal(halves.auth, v.auth);
  assert.equal(halves.wrapKey.extractable, false);
  assert.deepEqual(halves.wrapKey.usages.toSorted(), ["unwrapKey", "wrapKey"]);
});

test("public halves, recipient and fingerprint follow from the private bytes", () => {
  const v = signIn.keys;
  assert.equal(spki(der("x25519", v.x25519_secret)), v.x25519_public);
  assert.equal(spki(der("ed25519", v.ed25519_secret)), v.ed25519_public);
  assert.equal(f.base64(bytes(v.ed25519_public)), v.signing_key);
  assert.equal(f.fingerprint(v.recipient, v.signing_key), v.fingerprint);
  assert.notEqual(f.fingerprint(v.recipient.replace("p0", "p9"), v.signing_key), v.fingerprint);
  assert.notEqual(f.fingerprint(v.recipient, v.signing_key.replace("Kay6", "Kay7")), v.fingerprint);
  assert.equal(f.unitFingerprint(v.recipient), v.unit_fingerprint);
});

for (const [block, kind] of [["wrap-passphrase", "passphrase"], ["wrap-recovery", "recovery"], ["wrap-passkey", "passkey"]]) {
  test(`the two keys wrap under the ${kind} as documented, and open again unreadable`, async () => {
    const v = signIn[block];
    const { person_id, recipient, x25519_secret, ed25519_secret } = signIn.keys;
    const binding = { person: person_id, recipient, kind, wrap: v.wrap_id };
    const kek = await f.kek(bytes(v.kek));
    for (const [half, secret, sealed, iv] of [
      ["x25519", x25519_secret, v.identity, v.identity_iv],
      ["ed25519", ed25519_secret, v.signing, v.signing_iv],
    ]) {
      const key = await f.importSecret(half, bytes(secret), true);
      assert.equal(await f.wrap(key, half, kek, binding, bytes(iv)), sealed);
      assert.notEqual(await f.wrap(key, half, kek, binding), sealed, "each wrap has its own iv");
      const opened = await f.unwrap(sealed, half, kek, binding);
      assert.equal(opened.extractable, false);
      await assert.rejects(crypto.subtle.exportKey("pkcs8", opened), /extractable/);
      assert.equal(hex(independentlyOpened(v.kek, sealed, `identity-wrap/v1|${person_id}|${recipient}|${kind}|${v.wrap_id}|${half}`)), hex(f.pkcs8(half, bytes(secret))));
    }
  });
}

function independentlyOpened(kek, sealed, aad) {
  const blob = Buffer.from(sealed, "base64");
  const open = second.createDecipheriv("aes-256-gcm", bytes(kek), blob.subarray(0, 12));
  open.setAAD(Buffer.from(aad));
  open.setAuthTag(blob.subarray(-16));
  return Buffer.concat([open.update(blob.subarray(12, -16)), open.final()]);
}

test("a wrap that was moved or changed does not open", async () => {
  const v = signIn["wrap-passphrase"];
  const { person_id, recipient } = signIn.keys;
  const binding = { person: person_id, recipient, kind: "passphrase", wrap: v.wrap_id };
  const kek = await f.kek(bytes(v.kek));
  const refuses = (sealed, half, bound, key = kek) => assert.rejects(f.unwrap(sealed, half, key, bound));
  await refuses(v.identity, "x25519", { ...binding, person: `${person_id}0` });
  await refuses(v.identity, "x25519", { ...binding, recipient: `${recipient}q` });
  await refuses(v.identity, "x25519", { ...binding, kind: "recovery" });
  await refuses(v.identity, "x25519", { ...binding, wrap: signIn["wrap-recovery"].wrap_id });
  await refuses(v.identity, "ed25519", binding);
  await refuses(v.signing, "x25519", binding);
  await refuses(v.identity, "x25519", binding, await f.kek(new Uint8Array(32)));
  await refuses("AAAA", "x25519", binding);
  const blob = Buffer.from(v.identity, "base64");
  for (const at of [0, 12, 40, blob.length - 1]) {
    const changed = Uint8Array.from(blob, (byte, index) => (index === at ? byte ^ 1 : byte));
    await refuses(Buffer.from(changed).toString("base64"), "x25519", binding);
  }
  assert.throws(() => f.aad({ ...binding, person: "a|b" }, "x25519"), RangeError);
});

test("the recovery code reads as people write it, and gives the documented key", async () => {
  const v = signIn["wrap-recovery"];
  assert.equal(f.writeRecoveryCode(bytes(v.secret)), v.code);
  for (const typed of [v.code, v.typed, v.code.toLowerCase(), v.code.replaceAll("1", "l"), v.code.replaceAll("-", "\u2013")]) {
    assert.equal(hex(f.readRecoveryCode(typed)), v.secret);
  }
  for (const typed of ["", v.code.slice(1), `${v.code}0`, v.code.replace("8", "U"), v.code.replace("8", "*")]) {
    assert.equal(f.readRecoveryCode(typed), null);
  }
  assert.equal(hex(f.recoveryHalf(bytes(v.secret), signIn.keys.person_id)), v.kek);
  assert.equal(hex(second.hkdfSync("sha256", bytes(v.secret), signIn.keys.person_id, "disclosure-portal/recovery/v1", 32)), v.kek);
  assert.equal(f.recoveryAuth(v.typed), v.recovery_auth);
  assert.equal(hex(second.hkdfSync("sha256", bytes(v.secret), "", "disclosure-portal/recovery-auth/v1", 32)), v.recovery_auth);
  assert.equal(await f.recoveryKey("not a code", signIn.keys.person_id), null);
  const fresh = f.newRecoveryCode();
  assert.match(fresh, /^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.notEqual(f.newRecoveryCode(), fresh);
  assert.equal(f.writeRecoveryCode(f.readRecoveryCode(fresh)), fresh);
});

test("a passkey's key follows from what PRF answered and from its identifier, in both implementations", async () => {
  const v = signIn["wrap-passkey"];
  const id = Buffer.from(v.credential, "base64url");
  assert.equal(hex(second.hkdfSync("sha256", bytes(v.prf), id, "disclosure-portal/passkey/v1", 32)), v.kek);
  assert.equal(v.salt, f.PRF_SALT);
  assert.equal(hex(f.passkeyHalf(bytes(v.prf), v.credential)), v.kek);
  assert.notEqual(hex(f.passkeyHalf(bytes(v.prf), `${v.credential.slice(0, -2)}AA`)), v.kek, "each passkey has its own");
  for (const short of ["", v.prf.slice(2), `${v.prf}00`]) assert.throws(() => f.passkeyHalf(bytes(short), v.credential), RangeError);
  const output = bytes(v.prf);
  const key = await f.passkeyKey(output, v.credential);
  assert.equal(hex(output), "00".repeat(32), "what PRF answered is wiped");
  assert.equal(key.extractable, false);
  const { person_id, recipient } = signIn.keys;
  const opened = await f.unwrap(v.identity, "x25519", key, { person: person_id, recipient, kind: "passkey", wrap: v.wrap_id });
  assert.equal(opened.extractable, false);
  const bound = { person: person_id, recipient, kind: "passkey", wrap: v.wrap_id };
  assert.equal((await f.unwrap(v.identity, "x25519", key, bound, true)).extractable, true, "only where it is asked for");
});

test("a new passphrase is seven known words, never the same, and a slip is named", () => {
  const seen = new Set();
  const drawn = new Set();
  for (let round = 0; round < 2000; round += 1) {
    const passphrase = f.newPassphrase();
    assert.equal(f.slip(passphrase), null);
    assert.equal(f.normalPassphrase(passphrase), passphrase);
    seen.add(passphrase);
    for (const word of passphrase.split(" ")) drawn.add(word);
  }
  assert.equal(seen.size, 2000);
  assert.ok(drawn.size > 2000, `14,000 even draws of 2048 words meet nearly all of them, not ${drawn.size}`);
  assert.match(f.slip("abandn ability able about above absent absorb"), /“abandn”/);
  assert.match(f.slip("abandon ability"), /7 words; you entered 2/);
  assert.equal(f.slip("  "), "Enter your passphrase.");
});

test("the statement is the documented signed note, in both implementations", async () => {
  const v = statement.statement;
  const digest = f.sha256(f.utf8(v.document));
  assert.equal(hex(digest), v.digest);
  const said = { kind: v.kind, digest, object: v.object, signer: v.signer, nonce: v.nonce, time: v.time };
  const text = f.statementText(said);
  const key = der("ed25519", v.ed25519_secret);
  const publicKey = bytes(spki(key));
  const note = await f.signStatement(said, await f.importSecret("ed25519", bytes(v.ed25519_secret), false), publicKey);
  assert.equal(note, v.note);
  const [, name, blob] = /\n\n\u2014 (\S+) (\S+)\n$/.exec(note);
  const signature = Buffer.from(blob, "base64");
  assert.equal(name, `person/${v.signer}`);
  assert.ok(second.verify(null, Buffer.from(text), second.createPublicKey(key), signature.subarray(4)));
  assert.equal(v.vkey, `${name}+${hex(signature.subarray(0, 4))}+${Buffer.concat([Uint8Array.of(1), publicKey]).toString("base64")}`);
  const id = second.createHash("sha256").update(`${name}\n\x01`).update(publicKey).digest().subarray(0, 4);
  assert.equal(hex(signature.subarray(0, 4)), hex(id));
});

test("a statement with a line too many, or none, is not signed", () => {
  const v = statement.statement;
  const said = { kind: v.kind, digest: bytes(v.digest), object: v.object, signer: v.signer, nonce: v.nonce, time: v.time };
  for (const wrong of [
    { kind: "under\ntaking" },
    { object: "" },
    { object: "two words" },
    { nonce: "\u00e9" },
    { time: "2026-11-01T09:30:00Z" },
    { digest: new Uint8Array(31) },
  ]) {
    assert.throws(() => f.statementText({ ...said, ...wrong }), RangeError);
  }
});

test("files, and words kept elsewhere, stand in a document as their digests", async () => {
  const { answers, files, document } = statement["fields-with-files"];
  const said = answers.map(([name, value]) => [name, ["text", "name"].includes(name) ? f.digestedText(value) : value]);
  for (const [name, octets] of files) said.push([name, await f.digested(bytes(octets))]);
  assert.equal(f.canonicalJson(said), document);
  const digest = second.createHash("sha256").update("first line\nsecond line").digest("hex");
  assert.ok(document.includes(`"text":"sha256:${digest}"`));
});

test("a form's answers are one text, however the form orders them", () => {
  const { answers, document } = statement.fields;
  assert.equal(f.canonicalJson(answers), document);
  const singles = answers.filter(([name]) => name !== "part");
  assert.equal(f.canonicalJson(singles.toReversed()), f.canonicalJson(singles));
  assert.equal(f.canonicalJson([]), "{}");
  assert.equal(f.canonicalJson([["a", "\ud800"]]), '{"a":"\ufffd"}');
  assert.equal(f.canonicalJson([["__proto__", "x"], ["b", ""]]), '{"__proto__":"x","b":""}');
});
