//! The undertaking (form 3797, K8.2.1) and the written conditions of each supply (K8.2): versioned texts, signed or acknowledged.
//!
//! A new version must be signed anew; the words that were signed are kept with the signature.

/// A versioned text in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Counts up; a signature is to one version.
    pub version: u32,
    /// The words, plain text, paragraphs parted by an empty line.
    pub words: &'static str,
}

/// The shipped undertaking (K8.2 a–f, in today's law).
pub const UNDERTAKING: Text = Text {
    version: 1,
    words: "Undertaking on police photographs and intelligence (form 3797)\n\
\n\
I understand and accept, for every photograph and piece of intelligence that the police supply to me through this portal:\n\
\n\
1. Data protection. I will handle it in accordance with the UK General Data Protection Regulation and the Data Protection Act 2018.\n\
\n\
2. Police property. It stays the property of the police at all times. I will surrender it on demand, or destroy it in a manner fit for personal data when the police direct me to.\n\
\n\
3. Confidential. I will treat it as confidential (marked OFFICIAL-SENSITIVE) and make it available only to those members of staff to whom I can justify the disclosure, to meet the purpose for which it was issued.\n\
\n\
4. Secure storage. When not in use it will be kept in a locked drawer or similar secure storage, strictly controlled by a responsible person whose details I have given to the police. The police may inspect these arrangements at any reasonable time.\n\
\n\
5. Responsibility. I am solely responsible for any breach of confidence or of data protection law by my staff, agents or servants. Obtaining, disclosing or keeping personal data without the consent of the police may be an offence under section 170 of the Data Protection Act 2018.\n\
\n\
6. No copying. I will not copy, photograph or duplicate it, or supply it to anybody else, except as the police instruct in writing.\n\
\n\
7. Purpose. I will use it only for the stated purpose, and tell the police at once if I learn that it is wrong or incomplete.\n",
};

/// The conditions told in writing with each supply (K8.2), shown before the first view.
pub const CONDITIONS: Text = Text {
    version: 1,
    words: "Conditions of this supply\n\
\n\
Handle this material under the UK General Data Protection Regulation and the Data Protection Act 2018.\n\
\n\
It remains the property of the police. Surrender it on demand, or destroy it when told to, and confirm what you did.\n\
\n\
Treat it as confidential. Show it only to members of staff to whom you can justify it, for the purpose stated.\n\
\n\
Keep anything held outside the portal in locked storage under the responsible person you named. The police may inspect it.\n\
\n\
You are solely responsible for any breach by your staff or agents. Unlawful use may be an offence under section 170 of the Data Protection Act 2018.\n\
\n\
Do not copy it, photograph it or pass it on. Refer to it by its reference number only; never use a name on a radio, a telephone or any other channel.\n",
};
