// Enrolment on one page: a passphrase made here and written down, keys made here and wrapped, a recovery code on paper,
// then the code of the authenticator app. Sent: the auth half, public keys and wraps. Never sent: passphrase, recovery code.

import { Problem } from "../wire/problem";
import type { EnrolAnswer } from "../wire/protocol";
import { all, attempt, faulty, given, must, say } from "./dom";
import { ask } from "./keys";

const STEPS = ["passphrase", "passphrase-again", "recovery", "recovery-again", "code"] as const;
type Step = (typeof STEPS)[number];

const SENT = [
  "auth",
  "recovery_auth",
  "recipient",
  "signing_key",
  "identity_wrap",
  "signing_wrap",
  "recovery_identity_wrap",
  "recovery_signing_wrap",
] as const satisfies readonly (keyof EnrolAnswer)[];

export function enrolling(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const page = new Enrolment(form);
  form.addEventListener("submit", (event) => {
    if (page.step === "code" && page.filled()) return;
    event.preventDefault(); // Enter in an earlier step means its button
    page.onward();
  });
  for (const button of all(form, "[data-next]", HTMLButtonElement)) button.addEventListener("click", () => page.onward());
  for (const button of all(form, "[data-back]", HTMLButtonElement)) button.addEventListener("click", () => page.back());
  for (const button of all(form, "[data-print]", HTMLButtonElement)) button.addEventListener("click", () => print());
  page.begin();
}

class Enrolment {
  step: Step = "passphrase";
  #passphrase = "";
  #recovery = "";

  constructor(readonly form: HTMLFormElement) {}

  /** From the start, or, when the server answered that the last code was wrong, at the code with all else kept. */
  begin(): void {
    if (this.filled()) {
      void this.#attempt(() => this.#fingerprint(this.#field("recipient").value, this.#field("signing_key").value));
      this.#show("code", "quiet");
      return;
    }
    this.#show("passphrase", "quiet");
    void this.#attempt(async () => {
      this.#passphrase = (await ask("passphrase", {})).passphrase;
      must(this.form, "[data-passphrase]", HTMLElement).textContent = this.#passphrase;
    });
  }

  filled(): boolean {
    return SENT.every((name) => this.#field(name).value !== "");
  }

  onward(): void {
    void this.#attempt(async () => {
      if (this.step === "passphrase" && this.#passphrase !== "") this.#show("passphrase-again", "focus");
      else if (this.step === "passphrase-again") await this.#makeKeys();
      else if (this.step === "recovery") this.#show("recovery-again", "focus");
      else if (this.step === "recovery-again") await this.#confirmRecovery();
    });
  }

  /** To see the passphrase or the code once more. */
  back(): void {
    if (this.step === "passphrase-again") this.#show("passphrase", "focus");
    else if (this.step === "recovery-again") this.#show("recovery", "focus");
  }

  async #makeKeys(): Promise<void> {
    const typed = must(this.form, "#passphrase-again", HTMLInputElement);
    await this.#check(typed, "passphrase", this.#passphrase);
    say(this.form, "Making your keys…");
    const made = await ask("enrol", {
      person: given(this.form, "person"),
      email: given(this.form, "email"),
      passphrase: this.#passphrase,
      wrap: given(this.form, "wrap"),
      recoveryWrap: given(this.form, "recoveryWrap"),
    });
    typed.value = "";
    this.#passphrase = "";
    must(this.form, "[data-passphrase]", HTMLElement).textContent = "";
    for (const name of SENT) this.#field(name).value = made[name];
    await this.#fingerprint(made.recipient, made.signing_key);
    this.#recovery = made.recoveryCode;
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = made.recoveryCode;
    this.#show("recovery", "focus");
  }

  async #confirmRecovery(): Promise<void> {
    const typed = must(this.form, "#recovery-again", HTMLInputElement);
    await this.#check(typed, "recovery", this.#recovery);
    typed.value = "";
    this.#recovery = "";
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = "";
    this.#show("code", "focus");
  }

  async #check(input: HTMLInputElement, kind: "passphrase" | "recovery", shown: string): Promise<void> {
    const { same } = await ask("same", { kind, shown, typed: input.value });
    faulty(input, !same);
    if (same) return;
    const what = kind === "passphrase" ? "the passphrase" : "the recovery code";
    throw new Problem(`This is not ${what} that was shown.`, "Check what you wrote down, or go back to see it again.");
  }

  async #fingerprint(recipient: string, signingKey: string): Promise<void> {
    const { fingerprint } = await ask("fingerprint", { recipient, signingKey });
    for (const place of all(this.form, "[data-fingerprint]", HTMLElement)) place.textContent = fingerprint;
  }

  #show(next: Step, how: "focus" | "quiet"): void {
    this.step = next;
    for (const part of all(this.form, "[data-step]", HTMLElement)) part.hidden = part.dataset["step"] !== next;
    if (how === "quiet") return;
    const part = must(this.form, `[data-step="${next}"]`, HTMLElement);
    const target = part.querySelector("h2, h1, legend");
    if (!(target instanceof HTMLElement)) return;
    target.tabIndex = -1;
    target.focus();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    const step = must(this.form, `[data-step="${this.step}"]`, HTMLElement);
    await attempt(this.form, step.querySelector("[data-next]"), work);
  }

  #field(name: string): HTMLInputElement {
    return must(this.form, `input[name="${name}"]`, HTMLInputElement);
  }
}
