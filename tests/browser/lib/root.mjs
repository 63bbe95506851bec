// The offline machine of a demo, played by the test: its root key signs papers (docs/formats/approval.md), which are put into the database
// as the portal's own page would. Absent on purpose: this in anything but a test; a real root key never comes near the portal.

import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const NAME = "disclosure-portal.demo/root";
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Runs SQL with parameters on the demo's database, beside the portal; answers rows. */
export function sql(demo, text, ...values) {
  const script =
    "import json,sqlite3,sys\n" +
    "db = sqlite3.connect(sys.argv[1], timeout=20)\n" +
    "rows = db.execute(sys.argv[2], json.loads(sys.argv[3])).fetchall()\n" +
    "db.commit()\nprint(json.dumps(rows))\n";
  const file = join(demo.data, "portal.sqlite");
  return JSON.parse(execFileSync("python3", ["-c", script, file, text, JSON.stringify(values)], { encoding: "utf8" }));
}

/** Signs a document with the demo's root key and adds the paper. */
export function rootSigns(demo, kind, object, document) {
  const seed = Buffer.from(readFileSync(join(demo.data, "demo-root.key"), "utf8").trim(), "hex");
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const open = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const id = createHash("sha256").update(`${NAME}\n\x01`).update(open).digest().subarray(0, 4);
  const text = JSON.stringify(document);
  const digest = createHash("sha256").update(text).digest("hex");
  const said = `${["sign/v1", kind, digest, object, "root", randomBytes(16).toString("hex"), new Date().toISOString()].join("\n")}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(said), key)]).toString("base64");
  const note = `${said}\n\u2014 ${NAME} ${signature}\n`;
  const place = "INSERT INTO approval (id, kind, object, signer, document, note, added_at) VALUES (?, ?, ?, 'root', CAST(? AS BLOB), ?, ?)";
  sql(demo, place, randomBytes(16).toString("hex"), kind, object, text, note, Date.now());
}
