// Chromium's virtual authenticators, as devices of one person: a computer, a telephone, a key that cannot unlock. What they give is
// told to the witness, which listens in every context (lib/secrets.mjs); here is counted how often a page asked for a touch.

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
  const calls = [];
  let before = async () => undefined;
  await context.exposeFunction("passkeyCalled", async (what) => {
    calls.push(what);
    await before(what);
  });
  await context.addInitScript(() => {
    if (navigator.credentials === undefined) return; // a page that is not the portal's
    for (const what of ["create", "get"]) {
      const asking = navigator.credentials[what].bind(navigator.credentials);
      navigator.credentials[what] = async (options) => {
        await window.passkeyCalled(what);
        return asking(options);
      };
    }
  });
  return {
    /** "get" for each touch asked for, "create" for each passkey made. */
    calls,
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
