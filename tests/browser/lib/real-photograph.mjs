// A real photograph of a real person, fetched when the tests run, never committed: the astronaut Eileen Collins by NASA, public domain,
// as the PyPI package scikit-image carries it.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const cache = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "photograph");

const UNPACK = `
import glob, sys, zipfile
with zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]) as wheel, open(sys.argv[2], "wb") as out:
    out.write(wheel.read("skimage/data/astronaut.png"))
`;

/** The path of a PNG, 512 × 512. The second call costs nothing. */
export function realPhotograph() {
  // The README's pictures are made with a drawn one: no real face is kept in this tree.
  if (process.env.PORTAL_PHOTOGRAPH !== undefined) return process.env.PORTAL_PHOTOGRAPH;
  const photograph = join(cache, "astronaut.png");
  if (!existsSync(photograph)) {
    mkdirSync(cache, { recursive: true });
    const quiet = ["--quiet", "--disable-pip-version-check"];
    execFileSync("python3", ["-m", "pip", "download", ...quiet, "--no-deps", "--only-binary=:all:", "-d", cache, "scikit-image"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    execFileSync("python3", ["-c", UNPACK, cache, `${photograph}.new`]);
    renameSync(`${photograph}.new`, photograph);
  }
  const head = readFileSync(photograph).subarray(0, 24);
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  if (head.toString("latin1", 1, 4) !== "PNG" || width !== 512 || height !== 512) {
    throw new Error(`${photograph} is not the photograph that was expected: remove it and run again`);
  }
  return photograph;
}
