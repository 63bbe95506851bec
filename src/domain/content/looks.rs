//! Characters as they look: full-width, mathematical, circled, accented, Greek and Cyrillic ones are read as the letters and
//! figures a reader takes them for; what cannot be seen is read as nothing.
//!
//! Absent on purpose: figures for letters (`5treet`), letters drawn with signs, words turned over: no table ends there, and a
//! reader must guess too. Proved by `evasions_tests.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Each letter or figure, and what looks like it.
const ALIKE: &[(char, &str)] = &[
    ('A', "АΑÀÁÂÃÄÅĀĂĄǍẠẢᴀᎪ𝔸Å"),
    ('B', "ВΒʙᏴℬ"),
    ('C', "СϹÇĆĈĊČᴄℂℭⅭ"),
    ('D', "ÐĎĐᴅⅮᎠ"),
    ('E', "ЕΕÈÉÊËĒĔĖĘĚẸẼᴇℰᎬ"),
    ('F', "Ϝꜰℱ"),
    ('G', "ĜĞĠĢɢᏀԌ"),
    ('H', "НΗĤĦʜℋℌℍᎻ"),
    ('I', "ІΙӀÌÍÎÏĨĪĬĮİɪℐℑ"),
    ('J', "ЈĴᴊͿ"),
    ('K', "КΚĶᴋKᏦ"),
    ('L', "ĹĻĽĿŁʟℒⅬᏞ"),
    ('M', "МΜᴍℳⅯᎷϺ"),
    ('N', "ΝÑŃŅŇŊɴℕ"),
    ('O', "ОΟÒÓÔÕÖØŌŎŐᴏՕ"),
    ('P', "РΡᴘℙᏢ"),
    ('Q', "ℚԚ"),
    ('R', "ŔŖŘʀℛℜℝᏒ"),
    ('S', "ЅŚŜŞŠȘꜱᏚՏ"),
    ('T', "ТΤŢŤŦȚᴛᎢ"),
    ('U', "ÙÚÛÜŨŪŬŮŰŲᴜՍ"),
    ('V', "ᴠѴᏙ"),
    ('W', "ŴẀẂẄᴡԜᎳ"),
    ('X', "ХΧⅩ"),
    ('Y', "УΥҮÝŶŸỲʏ"),
    ('Z', "ΖŹŻŽᴢℤᏃ"),
    ('a', "аαàáâãäåāăąǎạảɑª"),
    ('b', "Ьƅ"),
    ('c', "сçćĉċčϲⅽ"),
    ('d', "ďđԁⅾð"),
    ('e', "еèéêëēĕėęěẹẽєℯ℮"),
    ('f', "ſƒ"),
    ('g', "ĝğġģɡℊ"),
    ('h', "һĥħհℎ"),
    ('i', "іιìíîïĩīĭįıɩⅰ"),
    ('j', "јĵϳ"),
    ('k', "ķκ"),
    ('l', "ĺļľŀłⅼℓӏ"),
    ('m', "мⅿ"),
    ('n', "ñńņňŋոпⁿ"),
    ('o', "оοòóôõöøōŏőσօℴº"),
    ('p', "рρ"),
    ('q', "ԛ"),
    ('r', "ŕŗřг"),
    ('s', "ѕśŝşšș"),
    ('t', "ţťŧțτт"),
    ('u', "ùúûüũūŭůűųυս"),
    ('v', "νѵⅴ"),
    ('w', "ŵẁẃẅωԝա"),
    ('x', "хχⅹ"),
    ('y', "уýŷÿỳγү"),
    ('z', "źżž"),
    ('0', "⁰₀⓪⓿"),
    ('1', "¹₁"),
    ('2', "²₂"),
    ('3', "³₃"),
    ('4', "⁴₄"),
    ('5', "⁵₅"),
    ('6', "⁶₆"),
    ('7', "⁷₇"),
    ('8', "⁸₈"),
    ('9', "⁹₉"),
    ('\'', "‘’ʼ`´′"),
];

/// One character that looks like several.
#[rustfmt::skip]
const SEVERAL: &[(char, &str)] = &[
    ('ß', "ss"), ('ẞ', "SS"), ('æ', "ae"), ('Æ', "AE"), ('œ', "oe"), ('Œ', "OE"), ('ĳ', "ij"), ('þ', "th"), ('Þ', "Th"),
    ('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl"), ('ﬅ', "st"), ('ﬆ', "st"), ('№', "No"),
    ('Ⅰ', "I"), ('Ⅱ', "II"), ('Ⅲ', "III"), ('Ⅳ', "IV"), ('Ⅴ', "V"), ('Ⅵ', "VI"), ('Ⅶ', "VII"), ('Ⅷ', "VIII"), ('Ⅸ', "IX"),
    ('Ⅺ', "XI"), ('Ⅻ', "XII"), ('ⅱ', "ii"), ('ⅲ', "iii"), ('ⅳ', "iv"), ('ⅵ', "vi"), ('ⅶ', "vii"), ('ⅷ', "viii"),
];

static LETTERS: LazyLock<HashMap<char, char>> =
    LazyLock::new(|| ALIKE.iter().flat_map(|(ours, theirs)| theirs.chars().map(move |their| (their, *ours))).collect());

/// The first figure of each script that writes numbers in tens.
const NOUGHTS: [u32; 18] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x17E0,
    0x1810, 0x1FBF0,
];

/// The first of each row of numbers in circles, brackets or with a full stop, counted from one, and how many it holds.
const ONES: [(u32, u32); 7] =
    [(0x2460, 20), (0x2474, 20), (0x2488, 20), (0x24F5, 10), (0x2776, 10), (0x2780, 10), (0x278A, 10)];

/// The first of each alphabet in circles, squares, brackets or flags, and whether its letters are small.
const ALPHABETS: [(u32, bool); 9] = [
    (0x249C, true),
    (0x24B6, false),
    (0x24D0, true),
    (0x1F110, false),
    (0x1F130, false),
    (0x1F150, false),
    (0x1F170, false),
    (0x1F1E6, false),
    (0x1D4D0, false),
];

/// Hands on what a reader takes `c` for: mostly one character, none where it is not seen.
pub(super) fn plain(c: char, mut seen: impl FnMut(char)) {
    let code = u32::from(c);
    if c.is_ascii() {
        seen(if c == '`' { '\'' } else { c });
    } else if is_unseen(code) {
    } else if let Some((_, several)) = SEVERAL.iter().find(|(their, _)| *their == c) {
        several.chars().for_each(seen);
    } else if let Some((first, _)) = ONES.into_iter().find(|(first, many)| (*first..first + many).contains(&code)) {
        (code - first + 1).to_string().chars().for_each(seen);
    } else {
        seen(LETTERS.get(&c).copied().or_else(|| drawn(code)).unwrap_or(c));
    }
}

/// Letters and figures that stand in rows of their own.
fn drawn(code: u32) -> Option<char> {
    let letter = |n: u32, small: bool| char::from_u32(n + if small { 0x61 } else { 0x41 });
    match code {
        0xFF01..=0xFF5E => return char::from_u32(code - 0xFF01 + 0x21),
        // Capitals and small letters in turn, from a multiple of 52 on.
        0x1D400..=0x1D6A3 => return letter(code % 26, code % 52 >= 26),
        0x1D7CE..=0x1D7FF => return char::from_digit((code - 0x1D7CE) % 10, 10),
        _ => {}
    }
    let nought = NOUGHTS.into_iter().find(|first| (*first..first + 10).contains(&code));
    let alphabet = ALPHABETS.into_iter().find(|(first, _)| (*first..first + 26).contains(&code));
    nought
        .and_then(|first| char::from_digit(code - first, 10))
        .or_else(|| alphabet.and_then(|(first, small)| letter(code - first, small)))
}

/// Joiners, marks that lie on a letter, direction marks, fillers, selectors and tags.
fn is_unseen(code: u32) -> bool {
    matches!(code,
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x3164 | 0xFEFF | 0xFFA0
        | 0x300..=0x36F | 0x483..=0x489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F
        | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F
        | 0xFE00..=0xFE0F | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF)
}
