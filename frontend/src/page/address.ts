// The two scripts that a page may start, and no other: one Trusted Types policy, exactly their addresses.

import { Problem } from "../wire/problem";
import { meta } from "./dom";

const SHAPE = { worker: /^\/assets\/keys-[0-9a-f]{16}\.js$/, keeper: /^\/assets\/keeper-[0-9a-f]{16}\.js$/ };

interface Policy {
  createScriptURL(address: string): string;
}

let policy: Policy | null = null;

function named(which: keyof typeof SHAPE): string {
  const address = meta(`portal-${which}`);
  if (SHAPE[which].test(address)) return address;
  throw new Problem("This page names a wrong script.", "Nothing was started. Tell your administrator.");
}

/** The address of the Worker or the keeper, as the page names it, in the form that the browser lets through. */
export function scriptAddress(which: keyof typeof SHAPE): string {
  const address = named(which);
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
  if (types === undefined) return address;
  policy ??= types.createPolicy("portal", {
    createScriptURL(asked) {
      if (asked !== named("worker") && asked !== named("keeper")) throw new TypeError("only the portal's own two may be started");
      return asked;
    },
  });
  return policy.createScriptURL(address);
}
