// Writes the licences of everything that is built into the program: `cargo metadata | node licences.mjs FOLDER CRATES`, where CRATES lists
// `name version`, one a line (cargo tree). FOLDER/copyright names each crate with its terms; FOLDER/licences.txt holds their texts, each
// text once. Absent on purpose: a judgement; deny.toml says which terms may be built in.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [folder, crates] = process.argv.slice(2);
const wanted = new Set(readFileSync(crates, "utf8").split("\n").filter(Boolean));
const { packages } = JSON.parse(readFileSync(0, "utf8"));
const built = packages
  .map((one) => ({ ...one, id: `${one.name} ${one.version}` }))
  .filter((one) => one.source !== null && wanted.delete(one.id))
  .sort((a, b) => (a.id < b.id ? -1 : 1));
const lost = [...wanted].filter((id) => !packages.some((one) => one.source === null && `${one.name} ${one.version}` === id));
if (lost.length > 0) throw new Error(`cargo metadata does not know: ${lost.join(", ")}`);
if (built.length === 0) throw new Error("no crate was named");

const texts = new Map();
const lines = built.map((one) => {
  if (!one.license && !one.license_file) throw new Error(`${one.id} names no licence`);
  const at = dirname(one.manifest_path);
  const isLicence = (name) => /^(un)?licen[cs]e|^copying|^notice|^copyright/i.test(name) && statSync(join(at, name)).isFile();
  const files = readdirSync(at).filter(isLicence).sort();
  for (const file of files) {
    const text = readFileSync(join(at, file), "utf8").replace(/\r\n/g, "\n").trim();
    const key = createHash("sha256").update(text.replace(/\s+/g, " ")).digest("hex");
    const known = texts.get(key) ?? { text, of: [] };
    known.of.push(one.id);
    texts.set(key, known);
  }
  const by = one.authors.length > 0 ? `, by ${one.authors.map((who) => who.replace(/ *<.*>/, "")).join(", ")}` : "";
  const where = one.repository ? `\n  source: ${one.repository}` : "";
  const own = files.length > 0 ? "" : "\n  (the crate brings no text of its own: the terms are the licence's usual ones)";
  return ` ${one.id}: ${one.license ?? one.license_file}${by}${where}${own}`;
});

const head = readFileSync(join(import.meta.dirname ?? dirname(process.argv[1]), "debian/copyright"), "utf8");
writeFileSync(join(folder, "copyright"), `${head}\n${lines.join("\n")}\n`);
const rule = "=".repeat(78);
const parts = [...texts.values()].map(({ text, of }) => `${rule}\nOf ${[...new Set(of)].join(", ")}\n${rule}\n${text}\n`);
writeFileSync(join(folder, "licences.txt"), `The texts that the crates named in \`copyright\` bring, each once.\n\n${parts.join("\n")}`);
