// A form's answers as exact bytes: JSON with names in order and no white space. Format: docs/formats/statement.md.
// The same bytes as serde_json writes for a map of strings. Proved by test/formats.test.mjs.

import { hex, sha256, utf8, type Bytes } from "./bytes";

/** Named answers, in form order. A name given once has a string, a name given several times a list of strings. */
export function canonicalJson(answers: Iterable<readonly [string, string]>): string {
  const gathered = new Map<string, string[]>();
  for (const [name, value] of answers) {
    gathered.set(name, [...(gathered.get(name) ?? []), wellFormed(value)]);
  }
  const names = [...gathered.keys()].sort();
  const members = names.map((name) => {
    const values = gathered.get(name) ?? [];
    return `${JSON.stringify(name)}:${JSON.stringify(values.length === 1 ? values[0] : values)}`;
  });
  return `{${members.join(",")}}`;
}

/** How a document names the bytes of a chosen file. Not on this thread: there may be 150 MB of them. */
export const digested = async (bytes: Bytes): Promise<string> =>
  `sha256:${hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}`;

/** The digest of words that are kept sealed elsewhere, after line ends; nothing typed stays nothing. */
export const digestedText = (value: string): string => (value === "" ? "" : `sha256:${hex(sha256(utf8(wellFormed(value))))}`);

/** Line ends as one newline and lone surrogates replaced, so that the text has one UTF-8 form. */
function wellFormed(value: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(value.replace(/\r\n?/g, "\n")));
}
