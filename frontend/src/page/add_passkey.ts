// A further passkey: the keys are unlocked first, by a way the person has, then wrapped once more for the new one.

import { Problem } from "../wire/problem";
import type { By } from "../wire/protocol";
import { attempt, faulty, given, must, say } from "./dom";
import { ask, resume, unlock } from "./keys";
import { begin, finish, make, passkeysWork, type Ceremony, type Touch } from "./passkey";
import { unlockByTouch } from "./unlock";

export function addPasskey(part: HTMLElement): void {
  if (!passkeysWork()) {
    part.hidden = true;
    return;
  }
  const name = must(part, "#passkey-name", HTMLInputElement);
  const button = must(part, "[data-add-passkey]", HTMLButtonElement);
  const block = part.querySelector("[data-passphrase]");
  const passphrase = part.querySelector("#passkey-passphrase");
  let by: By | null = null;

  void attempt(part, null, async () => {
    const ways = await resume();
    if (block instanceof HTMLElement) block.hidden = ways.passkeys.length > 0 || !ways.passphrase;
  });

  /** Once a page: when the rest fails, a second try asks only for the new passkey. */
  const unlocked = async (): Promise<By> => {
    if (by !== null) return by;
    const ways = await resume();
    if (ways.passkeys.length > 0) return { way: "passkey", credential: await unlockByTouch(part, ways) };
    if (!(passphrase instanceof HTMLInputElement)) throw new Problem("Your keys cannot be unlocked.", "Use a device that holds your passkey.");
    const typed: By = { way: "passphrase", passphrase: passphrase.value };
    say(part, "Unlocking…");
    faulty(passphrase, false);
    await unlock(typed).catch((thrown: unknown) => {
      faulty(passphrase, true);
      throw thrown;
    });
    return typed;
  };
  const add = async (): Promise<void> => {
    faulty(name, false);
    if (name.value.trim() === "") {
      faulty(name, true);
      throw new Problem("Enter a name for it,", "like “Work phone”.");
    }
    by = await unlocked();
    say(part, "Now make the new passkey: do what your device asks.");
    const ceremony = await begin(given(part, "options"));
    const made = await make(ceremony, (words) => say(part, words));
    say(part, "Adding it…");
    await finish(given(part, "add"), ceremony, made, { name: name.value.trim(), ...(await wraps(by, ceremony, made)) });
    if (passphrase instanceof HTMLInputElement) passphrase.value = "";
    location.assign(given(part, "done"));
  };
  button.addEventListener("click", () => void attempt(part, button, add));
}

/** What opens the keys by the new passkey; nothing where it can only sign in, which the list then says. */
async function wraps(by: By, ceremony: Ceremony, { touched }: Touch): Promise<Record<string, string>> {
  if (touched === null) return { wrap: "", identity_wrap: "", signing_wrap: "" };
  const made = await ask("addPasskey", { by, added: touched, wrap: ceremony.wrap }, { carry: [touched.prf] });
  return { wrap: ceremony.wrap, ...made };
}
