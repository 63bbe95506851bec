// Unlocking: by a touch or by the passphrase, once a visit where the keeper holds the keys between pages, else once a page.

import { Problem } from "../wire/problem";
import type { Ways } from "../wire/protocol";
import { all, attempt, faulty, must, say, tell } from "./dom";
import { proved } from "./fresh";
import { ask, isUnlocked, resume, unlock } from "./keys";
import { begin, finish, passkeysWork, touch } from "./passkey";

/** A touch that the server checks, so that it also shows who is there, and that opens the keys. Answers with the passkey's id. */
export async function unlockByTouch(root: HTMLElement, ways: Ways): Promise<string> {
  const ceremony = await begin("/account/touch/options");
  say(root, "Touch your passkey, or do what your device asks.");
  const touched = await touch(ceremony, ways.passkeys);
  if (touched.touched === null) {
    throw new Problem("This passkey can sign you in but not unlock.", "Use another passkey, or your passphrase if you have one.");
  }
  await ask("touched", touched.touched, { carry: [touched.touched.prf] });
  say(root, "Unlocking…");
  await finish("/account/touch", ceremony, touched);
  proved();
  await unlock({ way: "passkey", credential: touched.id });
  return touched.id;
}

export function unlocking(section: HTMLElement): void {
  const passphrase = must(section, "#unlock-passphrase", HTMLInputElement);
  const button = must(section, "[data-unlock]", HTMLButtonElement);
  const byTouch = must(section, "[data-touch]", HTMLButtonElement);
  const form = must(section, "form", HTMLFormElement);
  let ways: Ways = { passkeys: [], passphrase: true };

  const open = async (): Promise<void> => {
    faulty(passphrase, false);
    say(section, "Unlocking…");
    try {
      await unlock({ way: "passphrase", passphrase: passphrase.value });
    } catch (thrown) {
      faulty(passphrase, true);
      throw thrown;
    }
    passphrase.value = "";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // never sent: the form is there for the Enter key and for password keepers
    void attempt(section, button, open);
  });
  byTouch.addEventListener("click", () => {
    void attempt(section, byTouch, async () => void (await unlockByTouch(section, ways)));
  });

  const show = (): void => {
    section.dataset["state"] = isUnlocked() ? "open" : "locked";
    section.hidden = isUnlocked();
    const touchable = passkeysWork() && ways.passkeys.length > 0;
    for (const part of all(section, "[data-with-passkey]", HTMLElement)) part.hidden = !touchable;
    form.hidden = !ways.passphrase;
    if (!touchable && !ways.passphrase) {
      tell(section, new Problem("Your keys cannot be unlocked in this browser.", "Use a browser or a device that holds your passkey."));
    }
  };
  document.addEventListener("portal:unlocked", show);
  document.addEventListener("portal:locked", show);
  section.hidden = true; // until it is known whether a page before has unlocked
  resume()
    .then((known) => {
      ways = known;
      show();
    })
    .catch((thrown: unknown) => {
      show();
      tell(section, thrown);
    });
}

/** Brings the unlock part of the page forward, for a part that needs keys. */
export function askToUnlock(): void {
  const section = document.querySelector('[data-part="unlock"]');
  if (!(section instanceof HTMLElement)) return;
  section.hidden = false;
  const first = all(section, "[data-touch], #unlock-passphrase", HTMLElement).find((one) => one.checkVisibility());
  first?.focus();
}
