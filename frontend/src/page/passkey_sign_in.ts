// One touch signs in and unlocks: the server checks the passkey, the Worker opens the keys with its secret and gives them to the
// keeper, and the page goes on. A passkey that cannot unlock signs in all the same, and the next page says so.

import { contact } from "./activity";
import { attempt, must, say } from "./dom";
import { ask, unlock } from "./keys";
import { begin, finish, passkeysWork, touch } from "./passkey";
import { ownPath, textOf } from "../wire/server";

/** Carried to the next page behind its address, where the server does not see it. */
const CANNOT = "#passkey-cannot-unlock";

export function passkeySignIn(section: HTMLElement): void {
  section.hidden = !passkeysWork();
  const button = must(section, "[data-touch]", HTMLButtonElement);
  button.addEventListener("click", () => {
    void attempt(section, button, async () => {
      const ceremony = await begin("/sign-in/passkey/options");
      say(section, "Touch your passkey, or do what your device asks.");
      const touched = await touch(ceremony);
      const secret = touched.touched;
      if (secret !== null) await ask("touched", secret, { carry: [secret.prf] });
      say(section, "Signing in…");
      const answer = await finish("/sign-in/passkey", ceremony, touched, { next: section.dataset["next"] ?? "/" });
      contact();
      const next = ownPath(textOf(answer, "next"));
      const can = secret !== null && (await unlocks(touched.id));
      location.assign(can ? next : next + CANNOT);
    });
  });
}

/** Opens the keys. Whether this passkey can; what is wrong beyond that, such as a changed key, stops here. */
async function unlocks(credential: string): Promise<boolean> {
  const { ways } = await ask("resume", { person: "" });
  if (!ways.passkeys.includes(credential)) return false;
  await unlock({ way: "passkey", credential });
  return true;
}

/** On the page after signing in: what a passkey without a secret means. */
export function tellIfItCannotUnlock(): void {
  if (location.hash !== CANNOT) return;
  history.replaceState(null, "", location.pathname + location.search);
  const main = document.querySelector("main");
  if (main === null) return;
  const told = document.createElement("div");
  told.className = "govuk-inset-text";
  told.setAttribute("role", "status");
  told.textContent =
    "This passkey can sign you in but not unlock. To open pictures or to sign, use another passkey or your passphrase where a page asks for it.";
  main.prepend(told);
}
