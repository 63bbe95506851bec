// What page and Worker say to each other. Secrets go in; only halves meant for the server, public facts,
// statements and texts to show come out. No private key, wrap key or picture ever crosses back.

/** Which of the Worker's keys opens a file: the person's own, or that of the police unit they answer for. */
export type Opener = "own" | "unit";

export interface Unlocked {
  person: string;
  name: string;
  email: string;
  recipient: string;
  fingerprint: string;
}

/** A passkey's answer to a touch: its id in base64url and its PRF output. */
export interface Touched {
  credential: string;
  prf: ArrayBuffer;
}

/** What opens a person's keys. The passkey's half has gone to the Worker before, with `touched`. */
export type By = { way: "passphrase"; passphrase: string } | { way: "passkey"; credential: string };

/** By what ways a person can unlock: the ids of passkeys that can, and whether there is a passphrase. */
export interface Ways {
  passkeys: string[];
  passphrase: boolean;
}

/** What new keys are wrapped under first. */
export type Under =
  | { way: "passphrase"; email: string; passphrase: string; wrap: string }
  | { way: "passkey"; touched: Touched; wrap: string };

export interface EnrolAnswer {
  /** Empty under a passkey. */
  auth: string;
  recovery_auth: string;
  recipient: string;
  signing_key: string;
  identity_wrap: string;
  signing_wrap: string;
  recovery_identity_wrap: string;
  recovery_signing_wrap: string;
  recoveryCode: string;
  fingerprint: string;
}

/** What recovery makes anew; the keys and their fingerprint stay. */
export interface RewrapAnswer {
  auth: string;
  recovery_auth: string;
  identity_wrap: string;
  signing_wrap: string;
  recovery_identity_wrap: string;
  recovery_signing_wrap: string;
  recoveryCode: string;
}

/** The document that a statement is about: fetched as exact bytes, or given as text. */
export type DocumentSource = { url: string } | { text: string };

/** Where a unit's plan is fetched and the boxes are posted; `code` proves who is there, if that is asked. */
export interface UnitAsk {
  plan: string;
  post: string;
  token: string;
  code: string;
}

export interface Work {
  /** Sign-in: derive the half that the server may know. */
  split: { ask: { email: string; passphrase: string }; answer: { auth: string } };
  /** A fresh passphrase to show once. */
  passphrase: { ask: Record<string, never>; answer: { passphrase: string } };
  /** Whether what was typed back is what was shown. */
  same: { ask: { kind: "passphrase" | "recovery"; shown: string; typed: string }; answer: { same: boolean } };
  /** Enrolment: make both keys, wrap them under passphrase or passkey, and under the recovery code. */
  enrol: { ask: { person: string; recoveryWrap: string; under: Under }; answer: EnrolAnswer };
  fingerprint: { ask: { recipient: string; signingKey: string }; answer: { fingerprint: string } };
  /** Turn a passkey's PRF output, which comes along, into its key; the output is wiped. */
  touched: { ask: Touched; answer: Record<string, never> };
  /** Fetch the person's wraps and open them, by the passphrase or by the passkey last touched; the keys stay here and with the keeper. */
  unlock: { ask: By; answer: Unlocked };
  /** Take over the keys that the keeper holds for this person, if it does and they are still the portal's. */
  resume: { ask: { person: string }; answer: { facts: Unlocked | null; ways: Ways } };
  /** Wrap the person's keys for one more passkey, the last touched; `by` opens them once more, for this alone. */
  addPasskey: { ask: { by: By; added: Touched; wrap: string }; answer: { identity_wrap: string; signing_wrap: string } };
  /** Follow the unit's papers to the root, open its box with the person's identity and hold the unit identity. */
  openUnit: { ask: { box: string; recipient: string; papers: string; root: string }; answer: Record<string, never> };
  /** With `words`: what was heard of the keys in the document. If they are others nothing is signed: the statement is empty. */
  sign: {
    ask: { kind: string; object: string; document: DocumentSource; words?: string };
    answer: { statement: string };
  };
  /** Fetch, decrypt, draw with the overlay on the canvas that comes along. */
  draw: {
    ask: { slot: string; url: string; opener: Opener; canvas: OffscreenCanvas; overlay: string; maxSide: number };
    answer: { width: number; height: number };
  };
  /** Fetch and decrypt a text that is shown. */
  text: { ask: { url: string; opener: Opener }; answer: { text: string } };
  /** Draw the thumbnails of a list on the canvases that come along, by copy id. */
  thumbnails: { ask: { url: string; canvases: { copy: string; canvas: OffscreenCanvas }[] }; answer: { drawn: string[] } };
  /** Wipe the canvases drawn here. */
  blank: { ask: Record<string, never>; answer: Record<string, never> };
  /** Recovery: the half of the code that the server may know. */
  recoveryProof: { ask: { code: string }; answer: { auth: string } };
  /** Recovery: fetch the wrap and open the keys with the code, to wrap them again. */
  recoveryOpen: { ask: { code: string }; answer: { fingerprint: string } };
  /** Recovery: wrap the opened keys under a new passphrase and a new code, and forget them. */
  rewrap: { ask: { email: string; passphrase: string; wrap: string; recoveryWrap: string }; answer: RewrapAnswer };
  /** Open the originals that a release still needs and hand them to the server's memory. */
  seal: { ask: { url: string; token: string; root: string }; answer: { sent: number } };
  /** Seal the originals that another area's release still needs to that area's unit, and hand over opened words. */
  handOver: { ask: { url: string; token: string; root: string }; answer: { sent: number } };
  /** Open what another area handed over and say of each whether it is the one on record. */
  compare: { ask: { url: string; token: string; root: string }; answer: { sent: number } };
  /** Make a unit's key and post its box; the key never leaves in any other form. */
  makeUnit: { ask: UnitAsk; answer: Record<string, never> };
  /** Seal the boxes of all of a unit's keys anew to everybody who should hold them. */
  shareUnit: { ask: UnitAsk; answer: Record<string, never> };
  /** Seal each original that lies under an earlier key to the one in force; progress is a share. */
  resealUnit: { ask: { plan: string; token: string }; answer: { resealed: number } };
}

export type Deed = keyof Work;
export type Ask = { [D in Deed]: { id: number; deed: D; ask: Work[D]["ask"] } }[Deed];

export type Reply =
  | { id: number; answer: Work[Deed]["answer"] }
  | { id: number; progress: number }
  | { id: number; problem: { title: string; detail: string; status: number } };
