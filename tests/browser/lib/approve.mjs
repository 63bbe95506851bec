// The paper that makes somebody's new keys believed, signed with the demo's root key (docs/formats/approval.md) and put where the
// portal keeps papers. It stands for a co-ordinator's approval by telephone.

import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const NAME = "disclosure-portal.demo/root";

function sql(demo, text) {
  return execFileSync("sqlite3", ["-cmd", ".timeout 10000", "-json", join(demo.data, "portal.sqlite"), text], { encoding: "utf8" });
}

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** Certifies the keys that stand in the database for this person now. */
export function approveByRoot(demo, email) {
  const [row] = JSON.parse(
    sql(demo, `SELECT p.id, p.name, p.recipient, p.signing_key, g.role, g.scheme_id, s.area_id FROM person p JOIN grant_held g ON g.person_id = p.id JOIN scheme s ON s.id = g.scheme_id WHERE p.email = ${quoted(email)}`),
  );
  const document = JSON.stringify({
    area: row.area_id,
    name: row.name,
    person: row.id,
    recipient: row.recipient,
    role: row.role,
    scheme: row.scheme_id,
    signing_key: row.signing_key,
  });
  const seed = Buffer.from(readFileSync(join(demo.data, "demo-root.key"), "utf8").trim(), "hex");
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
  const pub = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const digest = createHash("sha256").update(document).digest("hex");
  const time = new Date().toISOString();
  const text = `sign/v1\napprove\n${digest}\nperson/${row.id}\nroot\n${randomBytes(16).toString("hex")}\n${time}\n`;
  const id = createHash("sha256").update(Buffer.concat([Buffer.from(`${NAME}\n`), Buffer.from([1]), pub])).digest().subarray(0, 4);
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString("base64");
  const note = `${text}\n\u2014 ${NAME} ${signature}\n`;
  const values = [randomUUID(), "approve", `person/${row.id}`, "root", document, note].map(quoted);
  values[4] = `CAST(${values[4]} AS BLOB)`;
  sql(demo, `INSERT INTO approval (id, kind, object, signer, document, note, added_at) VALUES (${values.join(", ")}, ${Date.now()})`);
}
