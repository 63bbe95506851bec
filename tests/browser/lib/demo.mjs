// The portal under test: the built binary's `demo`, in a folder of its own, on a free port, with a clock that the test moves.
// Absent on purpose: any way in but the doors, and the JSON that the demo writes for scripts (DESIGN §10).

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/disclosure-portal");

/** How long the demo may take to its first answer: 20 s are promised, and CI has neighbours. */
const READY_WITHIN = 180_000;

/** Starts a demo. `stop` ends it and removes its folder. */
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), "portal-browser-"));
  const [json, clock, data] = ["demo.json", "clock", "data"].map((name) => join(folder, name));
  writeFileSync(clock, "0");
  const args = ["demo", "--data", data, "--listen", "127.0.0.1:0", "--json", json, "--clock", clock];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
  const ended = new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(`ended early (${signal ?? code}):\n${said}`));
    child.on("error", (why) => resolve(`${binary} does not start: ${why.message}. Run \`make test\`, or cargo build first.`));
  });
  const demo = await written(folder, json, ended).catch((why) => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw why;
  });
  return {
    binary,
    folder,
    data,
    baseUrl: demo.base_url,
    caFile: demo.ca_file,
    logVkey: demo.log_vkey,
    rootVkey: demo.root_vkey,
    accounts: demo.accounts,
    said: () => said,
    /** The first account with this role, and with the other properties where any are given. */
    account(role, like = {}) {
      const wanted = Object.entries({ role, ...like });
      const found = demo.accounts.find((one) => wanted.every(([key, value]) => one[key] === value));
      if (found === undefined) throw new Error(`no demo account with ${JSON.stringify({ role, ...like })}`);
      return found;
    },
    /** Moves the portal's clock: milliseconds from now, as a whole, atomically. */
    moveClock(milliseconds) {
      writeFileSync(`${clock}.new`, String(milliseconds));
      renameSync(`${clock}.new`, clock);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
        await ended;
        clearTimeout(late);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the file that the demo writes once it accepts connections. */
function written(folder, file, ended) {
  return new Promise((resolve, reject) => {
    const done = (settle, value) => {
      clearTimeout(limit);
      watcher.close();
      settle(value);
    };
    const look = () => {
      try {
        done(resolve, JSON.parse(readFileSync(file, "utf8")));
      } catch (why) {
        if (why.code !== "ENOENT") done(reject, why);
      }
    };
    const watcher = watch(folder, look);
    const limit = setTimeout(() => done(reject, new Error(`no ${file} after ${READY_WITHIN} ms`)), READY_WITHIN);
    void ended.then((why) => done(reject, new Error(why)));
    look();
  });
}
