// What every passkey is asked to evaluate, always: a discoverable sign-in cannot choose (docs/formats/sign-in.md).
// A file of its own, so that the page's script has these words without the Worker's cryptography.

export const PRF_SALT = "disclosure-portal/prf/v1";
