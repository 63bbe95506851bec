// Signing a form: the statement names the exact document, then the form goes as any other.

import { canonicalJson, digested, digestedText } from "../formats/canonical";
import { Problem } from "../wire/problem";
import type { DocumentSource } from "../wire/protocol";
import { attempt, given, must, say } from "./dom";
import { ask, isUnlocked, resume } from "./keys";
import { askToUnlock } from "./unlock";

export function signing(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const statement = must(form, 'input[name="statement"]', HTMLInputElement);
  form.addEventListener("submit", (event) => {
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    if (statement.value !== "" || button?.dataset["plain"] !== undefined) return;
    event.preventDefault();
    void attempt(form, button, async () => {
      await resume().catch(() => undefined); // keys of a page before may be on their way
      if (!isUnlocked()) {
        askToUnlock();
        throw new Problem("Your keys are locked.", "Unlock them, then sign.");
      }
      say(form, "Signing…");
      const document = await source(form, button);
      const asked = { kind: given(form, "kind"), object: given(form, "object"), document };
      const words = form.dataset["words"] === undefined ? {} : { words: must(form, `input[name="${given(form, "words")}"]`, HTMLInputElement).value };
      const signed = await ask("sign", { ...asked, ...words });
      statement.value = signed.statement;
      if (statement.value === "") form.submit(); // other words: it goes unsigned, to be refused and put on record
      else form.requestSubmit(button);
    });
  });
  addEventListener("pageshow", () => (statement.value = ""));
}

/** What a form sends along that is no answer. */
const NOT_ANSWERS = ["token", "statement", "document", "fresh_code"];

/** The document at its address, or the form's own answers, which then travel along as the exact bytes signed. */
async function source(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<DocumentSource> {
  if (form.dataset["documentFrom"] !== "fields") return { url: given(form, "document") };
  const field = must(form, 'input[name="document"]', HTMLInputElement);
  const answers: [string, string][] = [];
  for (const [name, value] of new FormData(form, button)) {
    if (NOT_ANSWERS.includes(name)) continue;
    if (typeof value === "string") answers.push([name, byDigest(form, name) ? digestedText(value) : value]);
    else if (value.size > 0) answers.push([name, await digested(new Uint8Array(await value.arrayBuffer()))]);
  }
  const text = canonicalJson(answers);
  field.value = text;
  return { text };
}

/** Whether the document holds only the digest of what is typed in this field. */
const byDigest = (form: HTMLFormElement, name: string): boolean =>
  form.querySelector(`[data-digest][name="${CSS.escape(name)}"]`) !== null;
