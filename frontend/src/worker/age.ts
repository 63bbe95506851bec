// The only file that opens age files. X25519 only, through keys that cannot be read.

import { Decrypter } from "age-encryption";
import { unshared, type Bytes } from "../formats/bytes";
import { Problem } from "../wire/problem";

/** The plaintext of a whole age file, which the caller wipes. */
export async function openAge(file: Uint8Array, identity: CryptoKey): Promise<Bytes> {
  const opener = new Decrypter();
  opener.addIdentity(identity);
  try {
    return unshared(await opener.decrypt(file));
  } catch {
    throw new Problem(
      "This item could not be opened with your key.",
      "It is damaged or was sealed to somebody else. Tell the Area Intelligence Co-ordinator who released it.",
    );
  }
}
