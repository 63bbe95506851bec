// The only file that opens and seals age files. X25519 only, through keys that cannot be read.

import { Decrypter, Encrypter } from "age-encryption";
import { unshared, type Bytes } from "../formats/bytes";
import { Problem } from "../wire/problem";

/** The plaintext of a whole age file, which the caller wipes. */
export async function openAge(file: Uint8Array, ...identities: CryptoKey[]): Promise<Bytes> {
  const opener = new Decrypter();
  for (const identity of identities) opener.addIdentity(identity);
  try {
    return unshared(await opener.decrypt(file));
  } catch {
    throw new Problem(
      "This item could not be opened with your key.",
      "It is damaged or was sealed to somebody else. Tell the Area Intelligence Co-ordinator who released it.",
    );
  }
}

/** Seals to native X25519 recipients and nothing else. */
export async function sealAge(plain: Uint8Array, recipients: string[]): Promise<Bytes> {
  const sealer = new Encrypter();
  for (const recipient of recipients) {
    if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) {
      throw new Problem("The portal names a key that is none.", "Nothing was sealed. Tell your administrator.");
    }
    sealer.addRecipient(recipient);
  }
  return unshared(await sealer.encrypt(plain));
}
