// Showing anew who is there, before a weighty act: a touch of one of the person's passkeys. Without one, the form's code field stays.

import { contact } from "./activity";
import { all, attempt, must, say } from "./dom";
import { begin, finish, passkeysWork, touch } from "./passkey";

const PROVED = "portal:fresh";
const SHOWN = "Shown that it is you.";

/** Tells the parts of this page that it was shown just now. */
export function proved(): void {
  contact();
  document.dispatchEvent(new CustomEvent(PROVED));
}

async function byTouch(part: HTMLElement): Promise<void> {
  const ceremony = await begin("/account/touch/options");
  say(part, "Touch your passkey, or do what your device asks.");
  await finish("/account/touch", ceremony, await touch(ceremony));
}

/** In a form: after the touch only a sentence is left of it. */
export function fresh(part: HTMLElement): void {
  const button = must(part, "[data-touch-button]", HTMLButtonElement);
  for (const block of all(part, "[data-touch]", HTMLElement)) block.hidden = !passkeysWork();
  button.addEventListener("click", () => {
    void attempt(part, button, async () => {
      await byTouch(part);
      proved();
    });
  });
  document.addEventListener(PROVED, () => {
    const done = document.createElement("p");
    done.className = "govuk-body";
    done.tabIndex = -1;
    done.setAttribute("role", "status");
    done.textContent = SHOWN;
    const had = part.contains(document.activeElement);
    for (const child of [...part.children]) if (child.localName !== "legend") child.remove();
    part.append(done);
    if (had) done.focus();
  });
}

/** On a page of its own: the server then shows what has become possible. */
export function touching(part: HTMLElement): void {
  part.hidden = !passkeysWork();
  const button = must(part, "[data-prove]", HTMLButtonElement);
  button.addEventListener("click", () => {
    void attempt(part, button, async () => {
      await byTouch(part);
      location.reload();
    });
  });
}
