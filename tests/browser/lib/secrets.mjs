// What must never leave a browser: listened for on every request of the whole suite, and looked for in every answer, console line
// and line of the server. PRF outputs are caught where the page gets them; passphrases, recovery codes and private keys are the
// demo's, or told by the test that reads them off a page. A wrap key is computed from its passphrase.

import { hkdfSync, scryptSync } from "node:crypto";
import { setTimeout as until } from "node:timers/promises";

const enough = (text) => typeof text === "string" && text.length >= 12;

/** The ways in which bytes may be written. */
function spellings(bytes) {
  const buffer = Buffer.from(bytes);
  return [buffer.toString("hex"), buffer.toString("base64").replace(/=+$/, ""), buffer.toString("base64url")];
}

/** The wrap half of a passphrase (docs/formats/sign-in.md clause 2). */
function wrapKey({ email, passphrase }) {
  const salt = `disclosure-portal/sign-in/v1\n${email}`;
  const mk = scryptSync(passphrase, salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 });
  return hkdfSync("sha256", mk, "", "disclosure-portal/wrap/v1", 32);
}

/** KEK of a passkey (docs/formats/sign-in.md). */
function passkeyKey(output, credential) {
  return hkdfSync("sha256", Buffer.from(output), Buffer.from(credential), "disclosure-portal/passkey/v1", 32);
}

/** One witness a browser: hears every context, and says at the end what it heard of any secret. */
export function witness(demo) {
  const secrets = new Map();
  const heard = [];
  const waiting = new Set();
  const know = (what, text) => {
    if (enough(text)) secrets.set(text, what);
  };
  for (const one of demo.accounts ?? []) {
    know(`passphrase of ${one.name}`, one.passphrase);
    know(`recovery code of ${one.name}`, one.recovery_code);
    know(`recovery code of ${one.name}`, one.recovery_code?.replaceAll("-", ""));
    know(`private key of ${one.name}`, one.age_identity);
    know(`authenticator secret of ${one.name}`, one.totp_secret);
  }
  know("a private age key", "AGE-SECRET-KEY-1");

  const keep = (where, text) => heard.push([where, text]);
  return {
    /** Somebody signs in with a passphrase: what it becomes must not be seen either. */
    uses(account) {
      for (const text of spellings(wrapKey(account))) know(`wrap key of ${account.name}`, text);
    },
    /** A secret that the test read off a page. */
    secret: know,
    async listen(context) {
      await context.exposeBinding("portalTestSecret", (_, bytes, credential) => {
        for (const text of spellings(bytes)) know("PRF output", text);
        for (const text of spellings(passkeyKey(bytes, credential))) know("wrap key of a passkey", text);
      });
      await context.addInitScript(() => {
        const tell = (credential) => {
          const results = credential?.getClientExtensionResults?.().prf?.results;
          for (const half of [results?.first, results?.second]) {
            if (half !== undefined) void window.portalTestSecret(Array.from(new Uint8Array(half.buffer ?? half)), Array.from(new Uint8Array(credential.rawId)));
          }
          return credential;
        };
        for (const deed of ["get", "create"]) {
          const real = navigator.credentials?.[deed].bind(navigator.credentials);
          if (real !== undefined) navigator.credentials[deed] = async (asked) => tell(await real(asked));
        }
      });
      context.on("request", (request) => {
        keep(`${request.method()} ${request.url()}`, `${request.url()}\n${request.postDataBuffer()?.toString("latin1") ?? ""}`);
      });
      context.on("console", (said) => keep("console", said.text()));
      context.on("response", (answer) => {
        if (!/html|json|text/.test(answer.headers()["content-type"] ?? "")) return;
        if (answer.url().includes("/assets/")) return;
        const reading = answer.text().then((text) => keep(`answer of ${answer.url()}`, text), () => undefined);
        waiting.add(reading);
        void reading.finally(() => waiting.delete(reading));
      });
    },
    /** How many requests and how many secrets: a witness that heard nothing proves nothing. */
    heard: () => ({ things: heard.length, secrets: secrets.size, outputs: [...secrets.values()].filter((what) => what === "PRF output").length }),
    /** Fails when any secret was seen anywhere. */
    async check() {
      // An answer whose body no page has read to its end never comes whole.
      await Promise.race([Promise.all(waiting), until(3000, null, { ref: false })]);
      keep("the server's own words", demo.said?.().replace(/Who can sign in[^]*?\nA code for somebody/, "") ?? "");
      const seen = new Set();
      for (const [where, text] of heard) {
        const texts = [text, text.replaceAll("+", " ").replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))];
        for (const [secret, what] of secrets) {
          if (texts.some((one) => one.includes(secret))) seen.add(`${what} in ${where}`);
        }
      }
      if (seen.size > 0) throw new Error(`secrets were seen:\n${[...seen].join("\n")}`);
    },
  };
}
