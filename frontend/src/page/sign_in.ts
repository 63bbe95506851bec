// Signing in: the passphrase goes to the Worker, its `auth` half to the server, and nothing else anywhere.

import { attempt, faulty, must, say } from "./dom";
import { ask } from "./keys";
import { Problem } from "../wire/problem";

export function signIn(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const email = must(form, 'input[name="email"]', HTMLInputElement);
  const passphrase = must(form, "#passphrase", HTMLInputElement);
  const auth = must(form, 'input[name="auth"]', HTMLInputElement);
  const button = must(form, 'button[type="submit"]', HTMLButtonElement);
  passphrase.disabled = false;
  button.disabled = false;
  button.hidden = false;
  form.addEventListener("submit", (event) => {
    if (auth.value !== "") return; // second pass: the half is in place
    event.preventDefault();
    void attempt(form, button, async () => {
      faulty(email, false);
      faulty(passphrase, false);
      if (!/^[^\s@]+@[^\s@]+$/.test(email.value.trim())) {
        faulty(email, true);
        throw new Problem("Enter your email address,", "like name@example.org.");
      }
      say(form, "Checking…");
      auth.value = await derive(email, passphrase, form);
      passphrase.value = "";
      form.requestSubmit();
    });
  });
  addEventListener("pageshow", () => {
    auth.value = "";
    passphrase.value = "";
  });
}

async function derive(email: HTMLInputElement, passphrase: HTMLInputElement, form: HTMLElement): Promise<string> {
  try {
    const halves = await ask("split", { email: email.value, passphrase: passphrase.value }, {
      progress: (share) => say(form, share < 1 ? "Checking…" : "Signing in…"),
    });
    return halves.auth;
  } catch (thrown) {
    faulty(passphrase, true);
    throw thrown;
  }
}
