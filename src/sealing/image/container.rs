//! Reads the outside of a picture file: what it is, how big it says it is, and whether it is all there.
//!
//! Promises: decides by content only (a file's name is never looked at), touches no pixel, allocates nothing, and finds files
//! that were cut short (the decoders alone accept some of them and paint the missing part grey).
//! Bytes after a picture's own end are ignored: phones put second pictures and gain maps there, and no rendition carries them.
//! Proved by the tests below and by the hostile set in `tests/it/sealing.rs`.

use super::{Media, Unfit};

/// What the outside of a file says about the picture inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) media: Media,
    /// Pixels across, as stored (before orientation).
    pub(super) width: u32,
    /// Pixels down, as stored.
    pub(super) height: u32,
    /// Bytes a decoder holds beside the finished pixels (JPEG coefficients of progressive files).
    pub(super) working: u64,
    /// Where the picture's own end mark stands. What follows is not part of it.
    pub(super) end: usize,
    /// A JPEG in one pass, top to bottom.
    pub(super) sequential: bool,
}

impl Outline {
    fn of(media: Media, width: u32, height: u32) -> Outline {
        Outline { media, width, height, working: 0, end: 0, sequential: false }
    }
}

/// Recognises the file and walks its structure to the end of the picture.
pub(super) fn examine(bytes: &[u8]) -> Result<Outline, Unfit> {
    match recognise(bytes)? {
        Media::Jpeg => jpeg(bytes).map_err(|e| e.in_media(Media::Jpeg)),
        Media::Png => png(bytes).map_err(|e| e.in_media(Media::Png)),
        Media::Webp => webp(bytes).map_err(|e| e.in_media(Media::Webp)),
    }
}

/// The format by its first bytes.
fn recognise(bytes: &[u8]) -> Result<Media, Unfit> {
    let wrong = |what| Err(Unfit::WrongKind { what });
    match bytes {
        [] => Err(Unfit::Empty),
        [0xFF, 0xD8, 0xFF, ..] => Ok(Media::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Media::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Media::Webp),
        [b'G', b'I', b'F', b'8', ..] => wrong("a GIF picture"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => wrong("a BMP picture"),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => wrong("a TIFF or camera raw picture"),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => wrong(boxed(brand)),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => wrong("a JPEG XL picture"),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => wrong("a JPEG 2000 picture"),
        [b'8', b'B', b'P', b'S', ..] => wrong("a Photoshop document"),
        [b'%', b'P', b'D', b'F', ..] => wrong("a PDF document"),
        [b'P', b'K', 3 | 5 | 7, ..] => wrong("a ZIP archive or an office document"),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => wrong("an office document"),
        [0, 0, 1 | 2, 0, ..] => wrong("an icon"),
        _ => text(bytes),
    }
}

/// ISO media files (ISO/IEC 14496-12): the brand tells still pictures from films.
fn boxed(brand: &[u8]) -> &'static str {
    match brand.get(..4) {
        Some(b"avif" | b"avis") => "an AVIF picture",
        Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1") => "a HEIC picture",
        _ => "a film",
    }
}

/// SVG, HTML and other mark-up, else unknown.
fn text(bytes: &[u8]) -> Result<Media, Unfit> {
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let head =
        String::from_utf8_lossy(head).trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).to_ascii_lowercase();
    if !head.starts_with('<') {
        return Err(Unfit::Unknown);
    }
    Err(Unfit::WrongKind { what: if head.contains("<svg") { "an SVG drawing" } else { "a web page or XML document" } })
}

/// A fault found while walking, before it is known to which format it belongs.
enum Flaw {
    Cut,
    Bad,
    Rare,
    Moving,
}

impl Flaw {
    fn in_media(&self, media: Media) -> Unfit {
        match self {
            Flaw::Cut => Unfit::CutShort { media },
            Flaw::Bad => Unfit::Damaged { media },
            Flaw::Rare => Unfit::RareCoding { media },
            Flaw::Moving => Unfit::Animated,
        }
    }
}

/// A reader that answers "cut short" instead of reading past the end.
struct Walk<'a> {
    bytes: &'a [u8],
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let (head, rest) = self.bytes.split_at_checked(count).ok_or(Flaw::Cut)?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        self.take(N)?.try_into().map_err(|_| Flaw::Cut)
    }

    fn byte(&mut self) -> Result<u8, Flaw> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A JPEG segment: two length bytes that count themselves, then the body.
    fn segment(&mut self) -> Result<Walk<'a>, Flaw> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        let body = length.checked_sub(2).ok_or(Flaw::Bad)?;
        Ok(Walk { bytes: self.take(body)? })
    }

    /// Skips entropy-coded data and answers the marker that ends it (ITU-T T.81 B.1.1.5).
    fn scan(&mut self) -> Result<u8, Flaw> {
        loop {
            let at = self.bytes.iter().position(|byte| *byte == 0xFF).ok_or(Flaw::Cut)?;
            self.take(at + 1)?;
            let mut code = self.byte()?;
            while code == 0xFF {
                code = self.byte()?;
            }
            if !matches!(code, 0x00 | 0xD0..=0xD7) {
                return Ok(code);
            }
        }
    }

    /// The next marker between segments; 0xFF may be repeated as filling (T.81 B.1.1.2).
    fn marker(&mut self) -> Result<u8, Flaw> {
        if self.byte()? != 0xFF {
            return Err(Flaw::Bad);
        }
        loop {
            let code = self.byte()?;
            if code != 0xFF {
                return Ok(code);
            }
        }
    }
}

/// What a JPEG's frame header announced, and how much of it the scans have sent so far.
struct Frame {
    outline: Outline,
    /// Component names.
    names: Vec<u8>,
    /// For each component, the coefficients that have been sent down to their last bit, one bit each.
    sent: Vec<u64>,
}

/// ITU-T T.81 annex B: segments, scans, and the end marker that a cut file lacks.
fn jpeg(bytes: &[u8]) -> Result<Outline, Flaw> {
    let mut walk = Walk { bytes };
    walk.take(2)?;
    let mut frame: Option<Frame> = None;
    let mut code = walk.marker()?;
    loop {
        match code {
            0xD9 => {
                let frame = frame.filter(|frame| frame.sent.iter().all(|sent| *sent == u64::MAX)).ok_or(Flaw::Bad)?;
                return Ok(Outline { end: bytes.len() - walk.bytes.len() - 2, ..frame.outline });
            }
            0xC0..=0xC2 => {
                if frame.replace(start_of_frame(code, &mut walk.segment()?)?).is_some() {
                    return Err(Flaw::Bad);
                }
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err(Flaw::Rare),
            0xDA => {
                start_of_scan(frame.as_mut().ok_or(Flaw::Bad)?, &mut walk.segment()?).map_err(|_| Flaw::Bad)?;
                code = walk.scan()?;
                continue;
            }
            0x00 | 0x01 | 0xD0..=0xD8 => return Err(Flaw::Bad),
            _ => {
                walk.segment()?;
            }
        }
        code = walk.marker()?;
    }
}

/// Scan header (T.81 B.2.3). A progressive file that was cut and closed again lacks its last scans: it is told by what was
/// never sent. (The standard lets an encoder leave coefficients out; none in use does.)
fn start_of_scan(frame: &mut Frame, walk: &mut Walk<'_>) -> Result<(), Flaw> {
    let parts = walk.byte()?;
    let mut named = Vec::new();
    for _ in 0..parts {
        let [name, _] = walk.array()?;
        named.push(name);
    }
    let [first, last, bits] = walk.array()?;
    let band = if frame.outline.sequential {
        u64::MAX
    } else if bits.trailing_zeros() >= 4 && first <= last && last < 64 {
        (u64::MAX >> (63 - (last - first))) << first
    } else {
        0
    };
    let parts = frame.names.iter().zip(&mut frame.sent);
    parts.filter(|(name, _)| named.contains(name)).for_each(|(_, sent)| *sent |= band);
    Ok(())
}

/// Frame header (T.81 B.2.2): sizes, and what a progressive decoder must hold.
fn start_of_frame(code: u8, walk: &mut Walk<'_>) -> Result<Frame, Flaw> {
    let [depth, h1, h0, w1, w0, parts] = walk.array().map_err(|_| Flaw::Bad)?;
    if depth != 8 {
        return Err(Flaw::Rare);
    }
    let (width, height) = (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
    let (mut widest, mut tallest, mut blocks) = (1, 1, 0);
    let mut names = Vec::new();
    for _ in 0..parts {
        let [name, sampling, _] = walk.array().map_err(|_| Flaw::Bad)?;
        let (across, down) = (u64::from(sampling >> 4), u64::from(sampling & 15));
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return Err(Flaw::Bad);
        }
        widest = widest.max(across);
        tallest = tallest.max(down);
        blocks += across * down;
        names.push(name);
    }
    let units = u64::from(width).div_ceil(8 * widest) * u64::from(height).div_ceil(8 * tallest);
    let sequential = code != 0xC2;
    // 64 coefficients of two bytes a block. Sequential files are decoded row by row and hold none of them.
    let working = if sequential { 0 } else { units * blocks * 128 };
    let outline = Outline { working, sequential, ..Outline::of(Media::Jpeg, width, height) };
    Ok(Frame { outline, sent: vec![0; names.len()], names })
}

/// PNG (third edition) §5: signature, IHDR first, IDAT present, IEND reached; `acTL` means animation.
fn png(bytes: &[u8]) -> Result<Outline, Flaw> {
    let mut walk = Walk { bytes };
    walk.take(8)?;
    let mut frame: Option<Outline> = None;
    let mut filled = false;
    loop {
        let length = usize::try_from(u32::from_be_bytes(walk.array()?)).map_err(|_| Flaw::Bad)?;
        let name: [u8; 4] = walk.array()?;
        if length > 0x7FFF_FFFF || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Flaw::Bad);
        }
        let mut body = Walk { bytes: walk.take(length)? };
        walk.take(4)?;
        match &name {
            b"IHDR" if frame.is_none() => {
                let width = u32::from_be_bytes(body.array().map_err(|_| Flaw::Bad)?);
                let height = u32::from_be_bytes(body.array().map_err(|_| Flaw::Bad)?);
                frame = Some(Outline::of(Media::Png, width, height));
            }
            b"acTL" => return Err(Flaw::Moving),
            b"IDAT" => filled = true,
            b"IEND" if filled => return frame.ok_or(Flaw::Bad),
            b"IHDR" | b"IEND" => return Err(Flaw::Bad),
            _ if frame.is_none() => return Err(Flaw::Bad),
            _ => {}
        }
    }
}

/// WebP (RFC 9649): the RIFF length must be there in full; animation by the `VP8X` flag or an `ANIM`/`ANMF` chunk.
fn webp(bytes: &[u8]) -> Result<Outline, Flaw> {
    let mut walk = Walk { bytes };
    walk.take(4)?;
    let length = usize::try_from(u32::from_le_bytes(walk.array()?)).map_err(|_| Flaw::Bad)?;
    let mut walk = Walk { bytes: walk.take(length)? };
    walk.take(4).map_err(|_| Flaw::Bad)?;
    let mut size = None;
    while !walk.bytes.is_empty() {
        let name: [u8; 4] = walk.array().map_err(|_| Flaw::Bad)?;
        let length =
            usize::try_from(u32::from_le_bytes(walk.array().map_err(|_| Flaw::Bad)?)).map_err(|_| Flaw::Bad)?;
        let mut body = Walk { bytes: walk.take(length).map_err(|_| Flaw::Bad)? };
        if length % 2 == 1 && !walk.bytes.is_empty() {
            walk.take(1)?;
        }
        match &name {
            b"ANIM" | b"ANMF" => return Err(Flaw::Moving),
            b"VP8X" => {
                let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = body.array().map_err(|_| Flaw::Bad)?;
                if flags & 2 != 0 {
                    return Err(Flaw::Moving);
                }
                size = Some((u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1));
            }
            b"VP8 " | b"VP8L" => size = size.or(webp_frame(name, &mut body)?),
            _ => {}
        }
    }
    let (width, height) = size.ok_or(Flaw::Bad)?;
    // Lossless frames are rebuilt in four bytes a pixel beside the output.
    let working = u64::from(width) * u64::from(height) * 4;
    Ok(Outline { working, ..Outline::of(Media::Webp, width, height) })
}

/// Sizes in a bare frame: VP8 (RFC 6386 §9.1) or VP8L (RFC 9649 §3.4).
fn webp_frame(name: [u8; 4], body: &mut Walk<'_>) -> Result<Option<(u32, u32)>, Flaw> {
    if &name == b"VP8L" {
        let [_, rest @ ..] = body.array::<5>().map_err(|_| Flaw::Bad)?;
        let bits = u32::from_le_bytes(rest);
        return Ok(Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)));
    }
    let [_, _, _, _, _, _, w0, w1, h0, h1] = body.array().map_err(|_| Flaw::Bad)?;
    Ok(Some((u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF), u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF))))
}
