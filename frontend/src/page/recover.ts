// Recovery, as its owner sees it: the code proves the account (its half is sent), then opens the keys, which get a new passphrase and
// a new code, each typed back, and the authenticator app a new key. Never sent: passphrase and code, old or new.

import { all, attempt, faulty, given, must, say } from "./dom";
import { ask } from "./keys";
import { Problem } from "../wire/problem";
import type { RewrapAnswer } from "../wire/protocol";

/** The first page: email address and code. */
export function recoverForm(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const email = must(form, 'input[name="email"]', HTMLInputElement);
  const code = must(form, "#recovery", HTMLInputElement);
  const auth = must(form, 'input[name="recovery_auth"]', HTMLInputElement);
  const button = must(form, 'button[type="submit"]', HTMLButtonElement);
  form.addEventListener("submit", (event) => {
    if (auth.value !== "") return; // second pass: the half is in place
    event.preventDefault();
    void attempt(form, button, async () => {
      faulty(email, false);
      faulty(code, false);
      if (!/^[^\s@]+@[^\s@]+$/.test(email.value.trim())) {
        faulty(email, true);
        throw new Problem("Enter your email address,", "like name@example.org.");
      }
      const proof = await ask("recoveryProof", { code: code.value }).catch((thrown: unknown) => {
        faulty(code, true);
        throw thrown;
      });
      auth.value = proof.auth;
      code.value = "";
      form.requestSubmit();
    });
  });
  addEventListener("pageshow", () => {
    auth.value = "";
    code.value = "";
  });
}

const STEPS = ["open", "passphrase", "passphrase-again", "recovery", "recovery-again", "code"] as const;
type Step = (typeof STEPS)[number];

const SENT = [
  "auth",
  "recovery_auth",
  "identity_wrap",
  "signing_wrap",
  "recovery_identity_wrap",
  "recovery_signing_wrap",
] as const satisfies readonly (keyof RewrapAnswer)[];

/** The second page: everything anew, step by step. */
export function recoverNew(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const page = new Making(form);
  form.addEventListener("submit", (event) => {
    if (page.step === "code" && page.filled()) return;
    event.preventDefault(); // Enter in an earlier step means its button
    page.onward();
  });
  for (const button of all(form, "[data-next]", HTMLButtonElement)) button.addEventListener("click", () => page.onward());
  for (const button of all(form, "[data-back]", HTMLButtonElement)) button.addEventListener("click", () => page.back());
  for (const button of all(form, "[data-print]", HTMLButtonElement)) button.addEventListener("click", () => print());
  page.show(page.filled() ? "code" : "open", "quiet");
}

class Making {
  step: Step = "open";
  #passphrase = "";
  #recovery = "";

  constructor(readonly form: HTMLFormElement) {}

  /** All is made: the server answered only that the last code was wrong. */
  filled(): boolean {
    return SENT.every((name) => this.#field(name).value !== "");
  }

  onward(): void {
    const step = must(this.form, `[data-step="${this.step}"]`, HTMLElement);
    void attempt(this.form, step.querySelector("[data-next]"), async () => {
      if (this.step === "open") await this.#open();
      else if (this.step === "passphrase") this.show("passphrase-again", "focus");
      else if (this.step === "passphrase-again") await this.#wrap();
      else if (this.step === "recovery") this.show("recovery-again", "focus");
      else if (this.step === "recovery-again") await this.#confirm();
    });
  }

  /** To see the passphrase or the code once more. */
  back(): void {
    if (this.step === "passphrase-again") this.show("passphrase", "focus");
    else if (this.step === "recovery-again") this.show("recovery", "focus");
  }

  show(next: Step, how: "focus" | "quiet"): void {
    this.step = next;
    for (const part of all(this.form, "[data-step]", HTMLElement)) part.hidden = part.dataset["step"] !== next;
    if (how === "quiet") return;
    const heading = must(this.form, `[data-step="${next}"] h2`, HTMLElement);
    heading.tabIndex = -1;
    heading.focus();
  }

  async #open(): Promise<void> {
    const typed = must(this.form, "#recovery-now", HTMLInputElement);
    faulty(typed, false);
    say(this.form, "Opening your keys…");
    const { fingerprint } = await ask("recoveryOpen", { code: typed.value }).catch((thrown: unknown) => {
      faulty(typed, true);
      throw thrown;
    });
    typed.value = "";
    must(this.form, "[data-fingerprint]", HTMLElement).textContent = fingerprint;
    this.#passphrase = (await ask("passphrase", {})).passphrase;
    must(this.form, "[data-passphrase]", HTMLElement).textContent = this.#passphrase;
    this.show("passphrase", "focus");
  }

  async #wrap(): Promise<void> {
    const typed = must(this.form, "#passphrase-again", HTMLInputElement);
    await this.#check(typed, "passphrase", this.#passphrase);
    say(this.form, "Locking your keys…");
    const made = await ask("rewrap", {
      email: given(this.form, "email"),
      passphrase: this.#passphrase,
      wrap: given(this.form, "wrap"),
      recoveryWrap: given(this.form, "recoveryWrap"),
    });
    typed.value = "";
    this.#passphrase = "";
    must(this.form, "[data-passphrase]", HTMLElement).textContent = "";
    for (const name of SENT) this.#field(name).value = made[name];
    this.#recovery = made.recoveryCode;
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = made.recoveryCode;
    this.show("recovery", "focus");
  }

  async #confirm(): Promise<void> {
    const typed = must(this.form, "#recovery-again", HTMLInputElement);
    await this.#check(typed, "recovery", this.#recovery);
    typed.value = "";
    this.#recovery = "";
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = "";
    this.show("code", "focus");
  }

  async #check(input: HTMLInputElement, kind: "passphrase" | "recovery", shown: string): Promise<void> {
    const { same } = await ask("same", { kind, shown, typed: input.value });
    faulty(input, !same);
    if (same) return;
    const what = kind === "passphrase" ? "the passphrase" : "the recovery code";
    throw new Problem(`This is not ${what} that was shown.`, "Check what you wrote down, or go back to see it again.");
  }

  #field(name: string): HTMLInputElement {
    return must(this.form, `input[name="${name}"]`, HTMLInputElement);
  }
}
