// A draft's form saves itself: its fields to the form's own door, never its files, which go with its buttons.

import { contact } from "./activity";
import { must } from "./dom";
import { Saver } from "./saver";
import { Problem } from "../wire/problem";
import { getJson, numberOf, postForm, textOf } from "../wire/server";

/** What a saving without a button leaves out: files, and what is to be removed. */
const BY_BUTTON = ["photographs", "remove", "then"];

export function drafting(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const token = must(form, 'input[name="token"]', HTMLInputElement);
  const version = must(form, 'input[name="version"]', HTMLInputElement);
  const status = must(form, "[data-status]", HTMLElement);
  const error = must(form, "[data-error]", HTMLElement);

  const post = async (): Promise<string> => {
    const fields = new FormData(form);
    for (const name of BY_BUTTON) fields.delete(name);
    const answer = await postForm(path(form), token.value, fields);
    contact();
    version.value = String(numberOf(answer, "version"));
    const place = textOf(answer, "place");
    if (place !== path(form)) {
      form.action = place;
      history.replaceState(null, "", place); // begun: a reload comes back to it
    }
    return textOf(answer, "saved");
  };
  const send = async (): Promise<string> => {
    try {
      return await post();
    } catch (thrown) {
      // Signed in again in another tab, this page's token is an old one.
      if (!(thrown instanceof Problem) || thrown.status !== 403) throw thrown;
      token.value = textOf(await getJson(path(form)), "token");
      return post();
    }
  };
  const tell = (words: string, problem: boolean): void => {
    status.textContent = problem ? "" : words;
    error.textContent = problem ? words : "";
    error.hidden = !problem;
  };
  const later = (ms: number, what: () => void): (() => void) => {
    const timer = setTimeout(what, ms);
    return () => clearTimeout(timer);
  };
  const saver = new Saver({ send, tell, later });

  const typed = (event: Event): void => {
    if (event.target instanceof HTMLInputElement && BY_BUTTON.includes(event.target.name)) return;
    saver.changed();
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  const now = (): void => void saver.now();
  document.addEventListener("visibilitychange", now);
  addEventListener("online", now);
  addEventListener("pagehide", now);

  let asked = false;
  let going = false;
  form.addEventListener("submit", (event) => {
    if (going) return;
    event.preventDefault();
    if (asked) return;
    asked = true;
    const button = event.submitter;
    // Only once this event is over: a browser ignores, without a word, a form sent from within its own submit event.
    const go = (): void => {
      going = true;
      form.requestSubmit(button);
    };
    void saver.stop().then(() => setTimeout(go));
  });
}

const path = (form: HTMLFormElement): string => new URL(form.action).pathname;
