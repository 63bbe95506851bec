// One demo, one browser, and the story's people in it, each in a context of their own that stays signed in.

import { openBrowser } from "./browser.mjs";
import { startDemo } from "./demo.mjs";
import { signIn } from "./sign-in.mjs";

/** Opens the stage. `facts` carries what one chapter leaves for the next: references, addresses, files. */
export async function openStage() {
  const demo = await startDemo();
  const browser = await openBrowser(demo);
  const there = new Map();
  const account = (name) => {
    const found = demo.accounts.find((one) => one.name.startsWith(name));
    if (found === undefined) throw new Error(`nobody in the demo is called ${name}`);
    return found;
  };
  const known = (someone) => {
    // The browser's own line about an answer that the story expects: a refused form, a closed door.
    someone.expecting(/Failed to load resource: the server responded with a status of (4\d\d|503)/);
    return someone;
  };
  return {
    demo,
    browser,
    facts: {},
    /** Where pictures for the guides go (pictures.mjs); unset: none are made. */
    pictures: process.env.PORTAL_PICTURES,
    account,
    /** Somebody signed in; the same browser each time. */
    async as(name) {
      if (!there.has(name)) {
        const someone = known(await browser.person({ acceptDownloads: true }));
        browser.witness.uses(account(name));
        await signIn(someone.page, account(name));
        there.set(name, { ...someone, name, account: account(name) });
      }
      return there.get(name);
    },
    /** Somebody at a browser of their own, signed out. */
    visitor: async () => known(await browser.person()),
    /** Ends every browser at hand, each of which must have had nothing to complain of. */
    async everybodyLeaves() {
      for (const someone of there.values()) {
        someone.quiet();
        await someone.close();
      }
      there.clear();
    },
    quiet() {
      for (const someone of there.values()) someone.quiet();
    },
    async stop() {
      await browser.close();
      await demo.stop();
    },
  };
}
