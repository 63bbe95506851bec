// Counting what somebody has to look at: each page that came, whichever way.

/** Counts from the page at hand on; `end` gives the addresses, identifiers left out. */
export function counting(page) {
  const seen = [];
  const note = () => seen.push(new URL(page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}"));
  note();
  page.on("load", note);
  return {
    end() {
      page.off("load", note);
      return seen;
    },
  };
}
