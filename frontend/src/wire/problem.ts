// One kind of failure that people are told about: what is wrong, and what to do.

export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    /** HTTP status, or 0 when no server said so. */
    readonly status = 0,
  ) {
    super(`${title} ${detail}`);
  }
}

/** Any thrown thing as a problem; the unexpected gets fixed words, because its own may hold secrets. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(
    "Something went wrong in this browser.",
    "Reload the page and try again. If it happens again, tell your Area Intelligence Co-ordinator.",
  );
}
