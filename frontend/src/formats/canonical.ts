// A form's answers as exact bytes: JSON with names in order and no white space. Format: docs/formats/statement.md.
// The same bytes as serde_json writes for a map of strings. Proved by test/formats.test.mjs.

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

/** Line ends as one newline and lone surrogates replaced, so that the text has one UTF-8 form. */
function wellFormed(value: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(value.replace(/\r\n?/g, "\n")));
}
