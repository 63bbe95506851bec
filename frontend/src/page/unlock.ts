// Unlocking: once a page, for as long as the page is open and used.

import { attempt, faulty, must, say } from "./dom";
import { isUnlocked, unlock } from "./keys";

export function unlocking(section: HTMLElement): void {
  const passphrase = must(section, "#unlock-passphrase", HTMLInputElement);
  const button = must(section, "[data-unlock]", HTMLButtonElement);
  const open = (): void => {
    void attempt(section, button, async () => {
      faulty(passphrase, false);
      say(section, "Unlocking…");
      try {
        await unlock(passphrase.value, () => undefined);
      } catch (thrown) {
        faulty(passphrase, true);
        throw thrown;
      }
      passphrase.value = "";
    });
  };
  must(section, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault(); // never sent: the form is there for the Enter key and for password keepers
    open();
  });
  document.addEventListener("portal:unlocked", () => (section.hidden = true));
  document.addEventListener("portal:locked", () => (section.hidden = false));
  section.hidden = isUnlocked();
}

/** Brings the unlock part of the page forward, for a part that needs keys. */
export function askToUnlock(): void {
  const section = document.querySelector('[data-part="unlock"]');
  if (!(section instanceof HTMLElement)) return;
  section.hidden = false;
  must(section, "#unlock-passphrase", HTMLInputElement).focus();
}
