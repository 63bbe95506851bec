// Small, strict ways to touch the page. Text goes in as text; parts appear and go by the `hidden` attribute.

import { asProblem, Problem } from "../wire/problem";

/** The one element that must be there; a page without it was built wrongly. */
export function must<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Problem("This page is not complete.", `It has no ${selector}. Tell your administrator.`);
}

export function all<T extends Element>(root: ParentNode, selector: string, type: new () => T): T[] {
  return [...root.querySelectorAll(selector)].filter((found): found is T => found instanceof type);
}

/** A `data-` attribute that must be there. */
export function given(element: HTMLElement, name: string): string {
  const value = element.dataset[name];
  if (value !== undefined && value !== "") return value;
  throw new Problem("This page is not complete.", `Its part “${element.dataset["part"] ?? ""}” has no ${name}. Tell your administrator.`);
}

export function meta(name: string): string {
  const value = document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
  if (value === "") throw new Problem("This page is not complete.", `It has no ${name}. Tell your administrator.`);
  return value;
}

/** Shows a problem in the part's own `[data-error]` (role=alert), or takes it away. */
export function tell(root: ParentNode, thrown: unknown): void {
  const place = root.querySelector(":scope > [data-error]") ?? root.querySelector("[data-error]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = thrown === null;
  place.textContent = thrown === null ? "" : words(thrown);
}

/** A problem as it is read: its title is a sentence of its own, unless it leads into the detail. */
export function words(thrown: unknown): string {
  const { title, detail } = asProblem(thrown);
  const ends = /[.,:;?!]$/.test(title) || detail === "" ? "" : ".";
  return `${title}${ends} ${detail}`.trim();
}

/** Says what is going on, politely, in the part's `[data-status]` (aria-live). */
export function say(root: ParentNode, words: string): void {
  const place = root.querySelector(":scope > [data-status]") ?? root.querySelector("[data-status]");
  if (place instanceof HTMLElement && place.textContent !== words) place.textContent = words;
}

export function faulty(input: HTMLInputElement, is: boolean): void {
  if (is) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  if (is) input.focus();
}

/** Runs a piece of work with its button asleep, telling any problem in the part; answers whether it went well. */
export async function attempt(root: HTMLElement, button: HTMLButtonElement | null, work: () => Promise<void>): Promise<boolean> {
  if (button?.getAttribute("aria-disabled") === "true") return false;
  tell(root, null);
  button?.setAttribute("aria-disabled", "true");
  try {
    await work();
    return true;
  } catch (thrown) {
    tell(root, thrown);
    return false;
  } finally {
    button?.removeAttribute("aria-disabled");
    say(root, "");
  }
}
