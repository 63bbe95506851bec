// Passkeys: one touch answers the server's question and gives the PRF output that unlocks. The two part here: what goes to the
// server is built from named members only, so that the output cannot travel along; the output goes to the Worker, moved, not copied.
// Absent on purpose: `toJSON()`, which puts the PRF output into what is posted (research/crypto.md §3).

import { base64urlnopad } from "@scure/base";
import { PRF_SALT } from "../formats/salt";
import { Problem } from "../wire/problem";
import type { Touched } from "../wire/protocol";
import { isRecord, listOf, postJson, postNothing, textOf } from "../wire/server";
import { meta } from "./dom";

/** What a ceremony gave: the part for the server, and the part that must never reach it. */
export interface Touch {
  id: string;
  /** For the server: no extension results but what it needs. */
  credential: Record<string, unknown>;
  /** Null where this passkey can sign in but not unlock. */
  touched: Touched | null;
}

export interface Ceremony {
  ceremony: string;
  publicKey: Record<string, unknown>;
  /** Where the ceremony makes a passkey: the id of the wrap to make for it. */
  wrap: string;
}

export const passkeysWork = (): boolean => "PublicKeyCredential" in window && "credentials" in navigator;

/** Begins a ceremony at one of the server's doors. */
export async function begin(door: string): Promise<Ceremony> {
  const answer = await postNothing(door, meta("portal-token"));
  const publicKey = isRecord(answer) ? answer["publicKey"] : undefined;
  if (!isRecord(publicKey)) throw new Problem("The portal's answer was not as agreed.", "It asks no passkey anything. Tell your administrator.");
  const wrap = isRecord(answer) && typeof answer["wrap"] === "string" ? answer["wrap"] : "";
  return { ceremony: textOf(answer, "ceremony"), publicKey, wrap };
}

/** Posts what the ceremony gave, with what else the door takes. */
export const finish = (door: string, { ceremony }: Ceremony, { credential }: Touch, more: Record<string, string> = {}): Promise<unknown> =>
  postJson(door, meta("portal-token"), { ceremony, credential, ...more });

/** Asks for a touch. `only` narrows it to passkeys that can unlock; without it any of this portal's will do. */
export async function touch({ publicKey }: Ceremony, only: string[] = []): Promise<Touch> {
  const named = only.length > 0 ? only.map((id) => ({ type: "public-key", id })) : (publicKey["allowCredentials"] ?? []);
  return ask(readGet({ ...publicKey, allowCredentials: named }));
}

async function ask(publicKey: PublicKeyCredentialRequestOptions): Promise<Touch> {
  const given = await credential(() => navigator.credentials.get({ publicKey }));
  const answer = given.response;
  if (!(answer instanceof AuthenticatorAssertionResponse)) throw unusable();
  const response = {
    authenticatorData: encode(answer.authenticatorData),
    clientDataJSON: encode(answer.clientDataJSON),
    signature: encode(answer.signature),
    userHandle: answer.userHandle === null ? null : encode(answer.userHandle),
  };
  return parted(given, response, secretOf(given));
}

/** Makes a passkey. Where it can unlock but has not said its secret yet, it is asked at once, which is a second touch. */
export async function make({ publicKey }: Ceremony, saying: (words: string) => void): Promise<Touch> {
  const asked = readCreate(publicKey);
  const given = await credential(() => navigator.credentials.create({ publicKey: asked }));
  const answer = given.response;
  if (!(answer instanceof AuthenticatorAttestationResponse)) throw unusable();
  const transports = answer.getTransports();
  const response = { attestationObject: encode(answer.attestationObject), clientDataJSON: encode(answer.clientDataJSON), transports };
  let secret = secretOf(given);
  if (secret === null && results(given)?.enabled === true) {
    saying("Once more: touch it again, so that it can unlock.");
    secret = await secretByTouch(given.rawId, asked.rp.id, transports);
  }
  return parted(given, response, secret);
}

/** A local question whose answer the server never gets: it is asked for the secret alone. */
async function secretByTouch(id: ArrayBuffer, rpId: string | undefined, transports: string[]): Promise<ArrayBuffer | null> {
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const allowCredentials = [{ type: "public-key" as const, id, transports: transports as AuthenticatorTransport[] }];
  const publicKey: PublicKeyCredentialRequestOptions = { challenge, allowCredentials, userVerification: "required", extensions: prf() };
  if (rpId !== undefined) publicKey.rpId = rpId;
  return secretOf(await credential(() => navigator.credentials.get({ publicKey })));
}

function parted(given: PublicKeyCredential, response: Record<string, unknown>, secret: ArrayBuffer | null): Touch {
  const id = encode(given.rawId);
  const credential = { id, rawId: id, type: given.type, response, clientExtensionResults: {} };
  return { id, credential, touched: secret === null ? null : { credential: id, prf: secret } };
}

interface Prf {
  enabled?: boolean;
  results?: { first?: BufferSource };
}

function results(given: PublicKeyCredential): Prf | undefined {
  return (given.getClientExtensionResults() as { prf?: Prf }).prf;
}

/** The PRF output, in a buffer of its own that can be moved to the Worker. */
function secretOf(given: PublicKeyCredential): ArrayBuffer | null {
  const first = results(given)?.results?.first;
  if (first instanceof ArrayBuffer) return first;
  return ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength).slice().buffer as ArrayBuffer : null;
}

const prf = (): AuthenticationExtensionsClientInputs =>
  ({ prf: { eval: { first: new TextEncoder().encode(PRF_SALT) } } }) as AuthenticationExtensionsClientInputs;

const encode = (bytes: ArrayBuffer): string => base64urlnopad.encode(new Uint8Array(bytes));
const decode = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(base64urlnopad.decode(text.replace(/=+$/, "")));

function readGet(given: Record<string, unknown>): PublicKeyCredentialRequestOptions {
  const options = { ...given, challenge: decode(textOf(given, "challenge")), allowCredentials: named(given, "allowCredentials"), extensions: prf() };
  return options as PublicKeyCredentialRequestOptions;
}

function readCreate(given: Record<string, unknown>): PublicKeyCredentialCreationOptions {
  const user = given["user"];
  if (!isRecord(user)) throw unusable();
  const asked = isRecord(given["extensions"]) ? given["extensions"] : {};
  const options = {
    ...given,
    challenge: decode(textOf(given, "challenge")),
    user: { ...user, id: decode(textOf(user, "id")) },
    excludeCredentials: given["excludeCredentials"] === undefined ? [] : named(given, "excludeCredentials"),
    extensions: { ...asked, ...prf() },
  };
  return options as unknown as PublicKeyCredentialCreationOptions;
}

const named = (given: Record<string, unknown>, list: string): unknown[] =>
  listOf(given, list).map((one) => ({ ...(isRecord(one) ? one : {}), id: decode(textOf(one, "id")) }));

/** The browser's own question, with its refusals in our words. */
async function credential(asking: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const given = await asking().catch((why: unknown) => {
    throw refusal(why);
  });
  if (given instanceof PublicKeyCredential) return given;
  throw unusable();
}

const unusable = (): Problem => new Problem("What the passkey answered cannot be used.", "Try again, or use another way.");

function refusal(why: unknown): Problem {
  const name = why instanceof DOMException ? why.name : "";
  if (name === "InvalidStateError") {
    return new Problem("This device already holds a passkey for your account.", "Use another device, or a security key.");
  }
  if (name === "NotAllowedError" || name === "AbortError") {
    return new Problem("No passkey was used.", "It was cancelled, it took too long, or none was found. Try again, or use another way.");
  }
  return new Problem("This browser could not ask for a passkey.", "Try again, or use another way.");
}
