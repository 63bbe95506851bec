// The chain from the root, followed and broken, against the vector of docs/formats/approval.md; papers of the tests are signed by node:crypto.

import assert from "node:assert/strict";
import * as second from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as f from "../node_modules/.cache/portal/formats.mjs";

const page = readFileSync(new URL("../../docs/formats/approval.md", import.meta.url), "utf8");
const v = JSON.parse(/^```json approvals\n([^]*?)^```$/m.exec(page)[1]);
const [UNIT, AIC, MANAGER] = v.papers;
const seed = (n) => second.createPrivateKey({ key: Buffer.from(f.pkcs8("ed25519", new Uint8Array(32).fill(n))), format: "der", type: "pkcs8" });
const publicOf = (n) => second.createPublicKey(seed(n)).export({ format: "der", type: "spki" }).subarray(-32);
const id = (n) => `0190a5b0-0000-7000-8000-0000000000${n.toString(16).padStart(2, "0")}`;
const keys = (n, role, area) => ({ area, name: `Person ${n}`, person: id(n), recipient: `age1person${n}`, role, scheme: "", signing_key: publicOf(n).toString("base64") });

function signed(n, name, kind, object, signer, document) {
  const digest = second.createHash("sha256").update(document).digest("hex");
  const text = `sign/v1\n${kind}\n${digest}\n${object}\n${signer}\nb3f1c2d4e5f60718293a4b5c6d7e8f90\n2026-11-01T09:30:00.000Z\n`;
  const keyId = second.createHash("sha256").update(`${name}\n\x01`).update(publicOf(n)).digest().subarray(0, 4);
  const blob = Buffer.concat([keyId, second.sign(null, Buffer.from(text), seed(n))]);
  return { document, note: `${text}\n\u2014 ${name} ${blob.toString("base64")}\n` };
}
const byRoot = (k) => signed(200, "portal.example/root", "approve", `person/${k.person}`, "root", JSON.stringify(k));
const by = (n, k) => signed(n, `person/${id(n)}`, "approve", `person/${k.person}`, id(n), JSON.stringify(k));
const proves = async (papers, k, root = v.root) => (await f.follow(root, papers)).person(k.person, k.recipient, k.signing_key);

test("the vector's papers hold, in any order", async () => {
  for (const papers of [v.papers, v.papers.toReversed()]) {
    const trust = await f.follow(v.root, papers);
    assert.ok(trust.unit(v.unit.area, v.unit.recipient));
    for (const one of [v.co_ordinator, v.manager]) {
      assert.ok(trust.person(one.person, one.recipient, one.signing_key));
      assert.ok(trust.person(one.person, one.recipient));
      assert.ok(!trust.person(one.person, `${one.recipient}x`));
      assert.ok(!trust.person(one.person, one.recipient, v.root));
      assert.ok(trust.known(one.person));
    }
    assert.ok(!trust.person(id(9), v.manager.recipient) && !trust.known(id(9)));
    assert.ok(!trust.unit(v.unit.area, "age1other") && !trust.unit(id(0xab), v.unit.recipient));
  }
  assert.deepEqual(byRoot(v.co_ordinator), AIC, "the second implementation writes the same paper");
});

test("a missing link, another root, a changed letter: no chain", async () => {
  assert.ok(!(await proves([MANAGER], v.manager)), "without the approver's own paper");
  const other = v.root.replace("portal.example", "portal.exampl");
  await assert.rejects(f.follow(other, v.papers), RangeError, "a verifier key whose id is not its own");
  const stranger = publicOf(201);
  const vkey = `portal.example/root+${f.hex(f.keyId("portal.example/root", stranger))}+${Buffer.concat([Uint8Array.of(1), stranger]).toString("base64")}`;
  assert.ok(!(await proves(v.papers, v.manager, vkey)));
  assert.ok(!(await f.follow(vkey, v.papers)).unit(v.unit.area, v.unit.recipient));
  const swapped = { ...AIC, document: AIC.document.replace(v.co_ordinator.signing_key, publicOf(9).toString("base64")) };
  assert.ok(!(await proves([UNIT, swapped, MANAGER], v.manager)), "the approver's key exchanged in their own paper");
  const forged = by(9, v.manager);
  forged.note = forged.note.replaceAll(id(9), id(1));
  assert.ok(!(await proves([AIC, forged], v.manager)), "signed by another key in the approver's name");
});

test("no changed letter of document or note holds, except in what a verifier must ignore", async () => {
  for (const part of ["document", "note"]) {
    for (let at = 0; at < MANAGER[part].length; at += 1) {
      const letter = MANAGER[part][at];
      if (!/[A-Za-z0-9]/.test(letter)) continue;
      const changed = { ...MANAGER, [part]: `${MANAGER[part].slice(0, at)}${letter === "a" ? "b" : "a"}${MANAGER[part].slice(at + 1)}` };
      assert.ok(!(await proves([AIC, changed], v.manager)), `${part} at ${at}`);
    }
  }
});

test("an approver needs a chain, the role, the area, and is not the subject", async () => {
  const subject = keys(5, "manager", "a");
  const papers = [byRoot(keys(3, "officer", "a")), byRoot(keys(2, "aic", "b"))];
  for (const signer of [4, 3, 2, 5]) assert.ok(!(await proves([...papers, by(signer, subject)], subject)), `by ${signer}`);
  assert.ok(!(await proves([by(1, keys(2, "aic", "a")), by(2, keys(1, "aic", "a"))], keys(1, "aic", "a"))), "two who sign each other");
  const own = keys(1, "aic", "a");
  const fresh = { ...own, recipient: "age1fresh" };
  assert.ok(!(await proves([byRoot(own), by(1, fresh)], fresh)), "an approver who gives themself another key");
  assert.ok(await proves([...papers, by(2, keys(6, "auditor", ""))], keys(6, "auditor", "")));
  assert.ok(!(await proves([...papers, by(2, keys(7, "aic", ""))], keys(7, "aic", ""))), "a co-ordinator of no area");
  assert.ok(await proves([by(2, subject), by(1, keys(2, "aic", "a")), byRoot(own)], subject), "two links down");
});

test("only the root signs a unit's key, and only exact documents are read", async () => {
  const unit = JSON.stringify({ area: "a", code: "CZ", recipient: "age1unit" });
  const own = signed(1, `person/${id(1)}`, "unit", "area/a", id(1), unit);
  const papers = [byRoot(keys(1, "aic", "a"))];
  assert.ok(!(await f.follow(v.root, [...papers, own])).unit("a", "age1unit"));
  const root = (object, document) => signed(200, "portal.example/root", "unit", object, "root", document);
  assert.ok((await f.follow(v.root, [root("area/a", unit)])).unit("a", "age1unit"));
  for (const wrong of [root("area/b", unit), root("area/a", `${unit} `), root("area/a", unit.replace('"CZ"', "1")), root("area/a", unit.replace("}", ',"x":""}')), root("area/a", "[]")]) {
    assert.ok(!(await f.follow(v.root, [wrong])).unit("a", "age1unit"), wrong.document);
  }
  const mislabelled = { document: unit, note: root("area/a", unit).note.replace("\nroot\n", `\n${id(1)}\n`) };
  assert.ok(!(await f.follow(v.root, [mislabelled])).unit("a", "age1unit"));
  for (const note of ["", "\n\n", "sign/v1\n\n\u2014 x", own.note.slice(0, -1), own.note.replace("\u2014", "-")]) {
    assert.ok(!(await f.follow(v.root, [{ document: unit, note }])).unit("a", "age1unit"));
  }
});
