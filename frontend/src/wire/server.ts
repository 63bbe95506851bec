// Talking to our own server, from the page and from the Worker alike.
// Promises: same origin only, nothing cached, no redirect followed, every failure a Problem in plain words.

import { Problem } from "./problem";

const WORDS: Record<number, [string, string]> = {
  401: ["You have been signed out.", "Sign in again."],
  403: ["You may not do this.", "Ask your Area Intelligence Co-ordinator if you think you should."],
  404: ["This could not be found.", "It may have been withdrawn or destroyed. Go back to the list."],
  410: ["This is no longer available.", "It has expired or been withdrawn. Go back to the list."],
  429: ["Too many requests.", "Wait a minute, then try again."],
  503: ["The portal cannot show this at the moment.", "Nothing was shown or recorded. Try again in a few minutes."],
};

/** An address of this server, as a path; anything else is refused. */
export function ownPath(address: string): string {
  const url = new URL(address, self.location.origin);
  if (url.origin !== self.location.origin || !address.startsWith("/") || address.startsWith("//")) {
    throw new Problem("This page asked for an address outside the portal.", "Nothing was sent. Tell your administrator.");
  }
  return url.pathname + url.search;
}

export async function getBytes(address: string): Promise<Uint8Array<ArrayBuffer>> {
  return body(() => knock(address, { method: "GET" }), (answer) => answer.arrayBuffer()).then((all) => new Uint8Array(all));
}

export async function getJson(address: string): Promise<unknown> {
  const headers = { Accept: "application/json" };
  return body(() => knock(address, { method: "GET", headers }), (answer) => answer.json() as Promise<unknown>);
}

/** A POST with the page's token; `bytes` go as they are. */
export async function post(address: string, token: string, bytes?: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers: Record<string, string> = { "X-Portal-Token": token, Accept: "application/json" };
  if (bytes !== undefined) headers["Content-Type"] = "application/octet-stream";
  await body(() => knock(address, { method: "POST", headers, body: bytes ?? null }), (answer) => answer.arrayBuffer());
}

/** A POST without a body whose answer is read. */
export function postNothing(address: string, token: string): Promise<unknown> {
  const headers = { "X-Portal-Token": token, Accept: "application/json" };
  return body(() => knock(address, { method: "POST", headers }), (answer) => answer.json() as Promise<unknown>);
}

/** A POST of a form's fields whose answer is read. */
export function postForm(address: string, token: string, fields: FormData): Promise<unknown> {
  const headers = { "X-Portal-Token": token, Accept: "application/json" };
  return body(() => knock(address, { method: "POST", headers, body: fields }), (answer) => answer.json() as Promise<unknown>);
}

/** A POST of JSON, as bytes, whose answer is read. */
export function postJson(address: string, token: string, value: unknown): Promise<unknown> {
  const headers = { "X-Portal-Token": token, Accept: "application/json", "Content-Type": "application/octet-stream" };
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return body(() => knock(address, { method: "POST", headers, body: bytes }), (answer) => answer.json() as Promise<unknown>);
}

async function knock(address: string, how: RequestInit): Promise<Response> {
  const path = ownPath(address);
  return fetch(path, { ...how, credentials: "same-origin", cache: "no-store", redirect: "manual", mode: "same-origin" });
}

/** The whole body of a good answer; one cut short is an error, never half a picture. */
async function body<T>(knocking: () => Promise<Response>, read: (answer: Response) => Promise<T>): Promise<T> {
  const answer = await knocking().catch((thrown: unknown) => {
    if (thrown instanceof Problem) throw thrown;
    throw new Problem("The portal could not be reached.", "Check your connection, then try again.");
  });
  if (answer.type === "opaqueredirect") throw new Problem(...(WORDS[401] ?? ["", ""]), 401);
  if (!answer.ok) throw await refusal(answer);
  return read(answer).catch(() => {
    throw new Problem("The answer ended before all of it had come.", "It may have been withdrawn just now. Try again.");
  });
}

async function refusal(answer: Response): Promise<Problem> {
  const said = (await answer.json().catch(() => null)) as unknown;
  if (isRecord(said) && typeof said["title"] === "string") {
    return new Problem(said["title"], typeof said["detail"] === "string" ? said["detail"] : "", answer.status);
  }
  const [title, detail] = WORDS[answer.status] ?? ["The portal did not answer as it should.", "Try again in a few minutes."];
  return new Problem(title, detail, answer.status);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a text member of an answer, or says that the answer is not as agreed. */
export function textOf(value: unknown, name: string): string {
  const found = isRecord(value) ? value[name] : undefined;
  if (typeof found !== "string") throw misfit(name);
  return found;
}

export function numberOf(value: unknown, name: string): number {
  const found = isRecord(value) ? value[name] : undefined;
  if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 0) throw misfit(name);
  return found;
}

export function listOf(value: unknown, name: string): unknown[] {
  const found = isRecord(value) ? value[name] : undefined;
  if (!Array.isArray(found)) throw misfit(name);
  return found as unknown[];
}

function misfit(name: string): Problem {
  return new Problem("The portal's answer was not as agreed.", `Its “${name}” is missing or wrong. Tell your administrator.`);
}
