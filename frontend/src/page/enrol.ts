// Enrolment on one page: a passkey that unlocks, or a passphrase written down; keys made here and wrapped; a recovery code on paper.
// Sent: the auth half, the passkey's public part, public keys and wraps. Never sent: passphrase, recovery code, a passkey's secret.

import { Problem } from "../wire/problem";
import type { EnrolAnswer, Under } from "../wire/protocol";
import { all, attempt, faulty, given, must, say } from "./dom";
import { ask } from "./keys";
import { begin, make, passkeysWork, type Ceremony, type Touch } from "./passkey";

type Step = "passkey" | "no-unlock" | "passphrase" | "passphrase-again" | "recovery" | "recovery-again" | "code" | "finish";

const ALWAYS = ["recovery_auth", "recipient", "signing_key", "recovery_identity_wrap", "recovery_signing_wrap"] as const satisfies readonly (keyof EnrolAnswer)[];
const PASSPHRASE = ["auth", "identity_wrap", "signing_wrap"] as const satisfies readonly (keyof EnrolAnswer)[];
const PASSKEY = ["ceremony", "credential", "passkey_wrap", "passkey_identity_wrap", "passkey_signing_wrap"];

export function enrolling(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const page = new Enrolment(form);
  form.addEventListener("submit", (event) => {
    if ((page.step === "code" || page.step === "finish") && page.filled()) return;
    event.preventDefault(); // Enter in an earlier step means its button
    page.onward();
  });
  for (const button of all(form, "[data-next]", HTMLButtonElement)) button.addEventListener("click", () => page.onward());
  for (const button of all(form, "[data-back]", HTMLButtonElement)) button.addEventListener("click", () => page.back());
  for (const button of all(form, "[data-without]", HTMLButtonElement)) button.addEventListener("click", () => page.without());
  for (const button of all(form, "[data-print]", HTMLButtonElement)) button.addEventListener("click", () => print());
  page.begin();
}

class Enrolment {
  step: Step = "passkey";
  #passphrase = "";
  #recovery = "";

  constructor(readonly form: HTMLFormElement) {}

  /** From the start, or, when the server answered that the last code was wrong, at the last step with all else kept. */
  begin(): void {
    if (this.filled()) {
      void this.#attempt(() => this.#fingerprint(this.#field("recipient").value, this.#field("signing_key").value));
      this.#show(this.#last(), "quiet");
    } else if (passkeysWork()) this.#show("passkey", "quiet");
    else this.#withPassphrase("quiet");
  }

  /** Whether the keys are made, wrapped for a passphrase or for a passkey. */
  filled(): boolean {
    const has = (names: readonly string[]): boolean => names.every((name) => this.#field(name).value !== "");
    return has(ALWAYS) && (has(PASSPHRASE) || has(PASSKEY));
  }

  onward(): void {
    void this.#attempt(async () => {
      if (this.step === "passkey") await this.#makePasskey();
      else if (this.step === "no-unlock") this.#withPassphrase("focus");
      else if (this.step === "passphrase" && this.#passphrase !== "") this.#show("passphrase-again", "focus");
      else if (this.step === "passphrase-again") await this.#underPassphrase();
      else if (this.step === "recovery") this.#show("recovery-again", "focus");
      else if (this.step === "recovery-again") await this.#confirmRecovery();
    });
  }

  /** To see the passphrase or the code once more. */
  back(): void {
    if (this.step === "passphrase-again") this.#show("passphrase", "focus");
    else if (this.step === "recovery-again") this.#show("recovery", "focus");
  }

  /** Without a passkey, for people who have no device that makes one. */
  without(): void {
    if (this.step === "passkey") this.#withPassphrase("focus");
  }

  #withPassphrase(how: "focus" | "quiet"): void {
    this.#show("passphrase", how);
    void this.#attempt(async () => {
      this.#passphrase = (await ask("passphrase", {})).passphrase;
      must(this.form, "[data-passphrase]", HTMLElement).textContent = this.#passphrase;
    });
  }

  async #makePasskey(): Promise<void> {
    const ceremony = await begin(given(this.form, "passkeyOptions"));
    say(this.form, "Make the passkey: do what your device asks.");
    const made = await make(ceremony, (words) => say(this.form, words));
    this.#carry(ceremony, made);
    if (made.touched === null) return this.#show("no-unlock", "focus");
    say(this.form, "Making your keys…");
    const keys = await this.#keys({ way: "passkey", touched: made.touched, wrap: ceremony.wrap }, [made.touched.prf]);
    this.#field("passkey_wrap").value = ceremony.wrap;
    this.#field("passkey_identity_wrap").value = keys.identity_wrap;
    this.#field("passkey_signing_wrap").value = keys.signing_wrap;
    this.#show("recovery", "focus");
  }

  /** The passkey's public part, which the last step sends along. */
  #carry({ ceremony }: Ceremony, { credential }: Touch): void {
    this.#field("ceremony").value = ceremony;
    this.#field("credential").value = JSON.stringify(credential);
    const name = must(this.form, "#passkey-name", HTMLInputElement).value.trim();
    this.#field("passkey_name").value = name === "" ? "First passkey" : name;
  }

  async #underPassphrase(): Promise<void> {
    const typed = must(this.form, "#passphrase-again", HTMLInputElement);
    await this.#check(typed, "passphrase", this.#passphrase);
    say(this.form, "Making your keys…");
    const under = { email: given(this.form, "email"), passphrase: this.#passphrase, wrap: given(this.form, "wrap") };
    const keys = await this.#keys({ way: "passphrase", ...under }, []);
    typed.value = "";
    this.#passphrase = "";
    must(this.form, "[data-passphrase]", HTMLElement).textContent = "";
    for (const name of PASSPHRASE) this.#field(name).value = keys[name];
    this.#show("recovery", "focus");
  }

  /** Makes both keys; what every way of joining sends goes in its fields, the recovery code on the sheet. */
  async #keys(under: Under, carry: Transferable[]): Promise<EnrolAnswer> {
    const wraps = { person: given(this.form, "person"), recoveryWrap: given(this.form, "recoveryWrap") };
    const made = await ask("enrol", { ...wraps, under }, { carry });
    for (const name of ALWAYS) this.#field(name).value = made[name];
    await this.#fingerprint(made.recipient, made.signing_key);
    this.#recovery = made.recoveryCode;
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = made.recoveryCode;
    for (const place of all(this.form, "[data-address]", HTMLElement)) place.textContent = location.origin;
    const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "Europe/London" }).format(new Date());
    for (const place of all(this.form, "[data-today]", HTMLElement)) place.textContent = day;
    return made;
  }

  async #confirmRecovery(): Promise<void> {
    const typed = must(this.form, "#recovery-again", HTMLInputElement);
    await this.#check(typed, "recovery", this.#recovery);
    typed.value = "";
    this.#recovery = "";
    must(this.form, "[data-recovery-code]", HTMLElement).textContent = "";
    this.#show(this.#last(), "focus");
  }

  /** Whoever has no passphrase needs no code of an app either. */
  #last(): Step {
    return this.#field("auth").value === "" ? "finish" : "code";
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
