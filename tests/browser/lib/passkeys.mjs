// Chromium's virtual authenticators, as devices of one person: a computer, a telephone, a key that cannot unlock. Every PRF output
// that the browser gives to a page is written down here, so that a test can look for it where it must not be.

import { hkdfSync } from "node:crypto";

const DEVICES = {
  pc: { transport: "internal", hasPrf: true },
  phone: { transport: "usb", hasPrf: true },
  plain: { transport: "usb", hasPrf: false },
};

/** Gives the page's browser the means to hold devices. Call it before the page goes anywhere. */
export async function withDevices({ context, page }) {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const ids = new Map();
  const secrets = [];
  const calls = [];
  let before = async () => undefined;
  await context.exposeFunction("passkeyCalled", async (what) => {
    calls.push(what);
    await before(what);
  });
  await context.exposeFunction("passkeyAnswered", (id, prf) => void secrets.push({ id, prf }));
  await context.addInitScript(() => {
    if (navigator.credentials === undefined) return; // a page that is not the portal's
    const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const what of ["create", "get"]) {
      const asking = navigator.credentials[what].bind(navigator.credentials);
      navigator.credentials[what] = async (options) => {
        await window.passkeyCalled(what);
        const given = await asking(options);
        const first = given?.getClientExtensionResults?.().prf?.results?.first;
        if (first !== undefined) await window.passkeyAnswered(hex(given.rawId), hex(first));
        return given;
      };
    }
  });
  return {
    calls,
    secrets,
    /** What runs before the page's next question to the devices. */
    before: (work) => (before = work),
    async add(name) {
      const options = {
        ...DEVICES[name],
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      };
      const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
      ids.set(name, authenticatorId);
    },
    /** Which of them are at hand: nobody touches the others. */
    async atHand(...names) {
      for (const [name, authenticatorId] of ids) {
        await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: names.includes(name) });
      }
    },
  };
}

/** Every way in which a secret could be written down by mistake. */
export function spellings(secrets) {
  const all = new Set();
  for (const { id, prf } of secrets) {
    const [credential, output] = [Buffer.from(id, "hex"), Buffer.from(prf, "hex")];
    const kek = Buffer.from(hkdfSync("sha256", output, credential, "disclosure-portal/passkey/v1", 32));
    for (const bytes of [output, kek]) {
      all.add(bytes.toString("hex"));
      all.add(bytes.toString("hex").toUpperCase());
      all.add(bytes.toString("base64"));
      all.add(bytes.toString("base64url"));
      all.add(encodeURIComponent(bytes.toString("base64")));
      all.add(JSON.stringify([...bytes]).slice(1, -1));
    }
  }
  return all;
}

/** Keeps everything that passes between a context and the portal, and what its pages say. */
export function overhear({ context }) {
  const heard = { sent: [], came: [], said: [] };
  const reading = [];
  context.on("request", (request) => {
    const body = request.postDataBuffer();
    const form = body?.toString("latin1") ?? "";
    heard.sent.push(`${request.method()} ${request.url()}\n${form}\n${decoded(form)}`);
  });
  context.on("response", (answer) => {
    reading.push(answer.body().then((body) => heard.came.push(`${answer.url()}\n${body.toString("latin1")}`), () => undefined));
  });
  context.on("console", (said) => heard.said.push(said.text()));
  return {
    heard,
    all: async () => {
      await Promise.all(reading);
      return heard;
    },
  };
}

function decoded(form) {
  try {
    return decodeURIComponent(form.replaceAll("+", " "));
  } catch {
    return "";
  }
}
