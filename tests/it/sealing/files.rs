//! Picture files made by code: sound ones, and ones that a hostile or unlucky person might send.

use disclosure_portal::sealing::image;
use image_crate::codecs::{png::PngEncoder, webp::WebPEncoder};
use image_crate::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ColorType, Encoder};

use ::image as image_crate;

/// How a PNG stores its pixels.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Grey,
    Rgb,
    Rgba,
}

/// A soft slope of colours: compresses, yet no two columns are alike.
fn slope(width: u32, height: u32, channels: u32) -> Vec<u8> {
    let row: Vec<u8> = (0..width * channels).map(|at| u8::try_from(at / channels * 5 % 256).unwrap()).collect();
    row.repeat(usize::try_from(height).unwrap())
}

fn encoded_jpeg(width: u32, height: u32, rgb: &[u8], progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_progressive(progressive);
    let (width, height) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    encoder.encode(rgb, width, height, ColorType::Rgb).unwrap();
    out
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded_jpeg(width, height, &slope(width, height, 3), false)
}

pub(crate) fn progressive(width: u32, height: u32) -> Vec<u8> {
    encoded_jpeg(width, height, &slope(width, height, 3), true)
}

/// Red on the left half, blue on the right.
pub(crate) fn halves(width: u32, height: u32) -> Vec<u8> {
    let row: Vec<u8> = (0..width).flat_map(|x| if x < width / 2 { [230, 10, 10] } else { [10, 10, 230] }).collect();
    encoded_jpeg(width, height, &row.repeat(usize::try_from(height).unwrap()), false)
}

pub(crate) fn png(width: u32, height: u32, colour: Colour) -> Vec<u8> {
    let (channels, kind) = match colour {
        Colour::Grey => (1, ExtendedColorType::L8),
        Colour::Rgb => (3, ExtendedColorType::Rgb8),
        Colour::Rgba => (4, ExtendedColorType::Rgba8),
    };
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(&slope(width, height, channels), width, height, kind).unwrap();
    out
}

pub(crate) fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut out);
    encoder.write_image(&slope(width, height, 3), width, height, ExtendedColorType::Rgb8).unwrap();
    out
}

/// A PNG chunk with its checksum (CRC-32, PNG annex D).
pub(crate) fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in name.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, name.as_slice(), body, &(!crc).to_be_bytes()].concat()
}

/// A PNG of a hundred bytes that says it is this large.
pub(crate) fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    // An empty zlib stream.
    let data = [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(*b"IHDR", &header), chunk(*b"IDAT", &data), chunk(*b"IEND", b"")].concat()
}

/// A zlib stream (RFC 1950, 1951) of so many zero bytes: one literal, then "258 more of the same" as often as needed.
fn zeros(count: usize) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let (mut bits, mut held) = (0u32, 0u32);
    // Huffman codes are sent from their first bit, so they stand here back to front.
    let mut put = |value: u32, length: u32| {
        bits |= value << held;
        held += length;
        while held >= 8 {
            out.push(u8::try_from(bits & 0xFF).unwrap());
            (bits, held) = (bits >> 8, held - 8);
        }
    };
    put(0b011, 3);
    put(0b0000_1100, 8);
    let (repeats, rest) = ((count - 1) / 258, (count - 1) % 258);
    for _ in 0..repeats {
        put(0b1010_0011, 13);
    }
    for _ in 0..rest {
        put(0b0000_1100, 8);
    }
    put(0, 7 + 7);
    // Adler-32 of zeros.
    let sum = (u32::try_from(count % 65_521).unwrap() << 16) | 1;
    out.extend_from_slice(&sum.to_be_bytes());
    out
}

/// A sound PNG, transparent black throughout, in 8 or 16 bits: a few hundred kilobytes that unpack to hundreds of megabytes.
pub(crate) fn clear_png(side: u32, depth: u8) -> Vec<u8> {
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[depth, 6, 0, 0, 0]].concat();
    let row = usize::try_from(side).unwrap() * 4 * usize::from(depth / 8) + 1;
    let data = zeros(row * usize::try_from(side).unwrap());
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(*b"IHDR", &header), chunk(*b"IDAT", &data), chunk(*b"IEND", b"")].concat()
}

/// A sound PNG with a chunk that unpacks to a gigabyte.
pub(crate) fn compressed_bomb(name: [u8; 4], head: &[u8]) -> Vec<u8> {
    let sound = png(300, 300, Colour::Rgb);
    [&sound[..33], &chunk(name, &[head, &zeros(1 << 30)].concat()), &sound[33..]].concat()
}

/// A JPEG segment.
pub(crate) fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, code], &length[..], body].concat()
}

/// A JPEG with more segments after its start marker.
pub(crate) fn with_segments(jpeg: &[u8], more: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &more.concat(), &jpeg[2..]].concat()
}

/// The body of an EXIF segment that gives only an orientation (big-endian TIFF, one entry, tag 0x0112).
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    [b"Exif\0\0MM\0*\0\0\0\x08\0\x01".as_slice(), &entry, &[0; 4]].concat()
}

/// Codes of all segments up to the first scan.
pub(crate) fn segments(jpeg: &[u8]) -> Vec<u8> {
    let (mut at, mut codes) = (2, Vec::new());
    loop {
        codes.push(jpeg[at + 1]);
        if jpeg[at + 1] == 0xDA {
            return codes;
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
}

/// Where the entropy-coded data of the first scan starts.
pub(crate) fn scan_start(jpeg: &[u8]) -> usize {
    let mut at = 2;
    loop {
        let next = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] == 0xDA {
            return next;
        }
        at = next;
    }
}

/// Pixels across and down, as decoded.
pub(crate) fn dimensions(jpeg: &[u8]) -> (u32, u32) {
    let admitted = ::image::load_from_memory_with_format(jpeg, ::image::ImageFormat::Jpeg).unwrap();
    assert_ne!(image::sha256(jpeg), [0; 32]);
    (admitted.width(), admitted.height())
}
