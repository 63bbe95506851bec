//! From an examined file to clean pixels.
//!
//! Promises: nothing is decoded before its size is known and allowed; a scan that ends early is an error; a decoder that
//! panics is a damaged file, not a stopped desk.
//! Absent on purpose: leniency. Decoders are set to strict, since a half-grey custody photograph is worse than a refusal.

use std::io::Cursor;
use std::panic::catch_unwind;

use ::image::codecs::{png::PngDecoder, webp::WebPDecoder};
use ::image::metadata::Orientation;
use ::image::{DynamicImage, GrayImage, ImageDecoder, ImageError, Limits, RgbImage};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, errors::DecodeErrors};

use super::container::{self, Outline};
use super::{
    LONGEST_RATIO, MAX_BYTES, MAX_DECODED, MAX_PIXELS, MAX_SIDE, MAX_WORKING, MIN_SIDE, Media, Photograph, Picture,
    Unfit,
};

/// Checks the bounds, decodes, turns upright and flattens.
pub(super) fn photograph(bytes: &[u8]) -> Result<(Media, Photograph), Unfit> {
    if bytes.len() > MAX_BYTES {
        return Err(Unfit::TooHeavy);
    }
    let outline = container::examine(bytes)?;
    bounds(&outline)?;
    let media = outline.media;
    // The decoders are fuzzed by their authors and by our tests, which call `pixels` without this guard.
    let image = catch_unwind(|| pixels(media, bytes)).unwrap_or(Err(Unfit::Damaged { media }))?;
    Ok((media, Photograph(Picture(image))))
}

fn bounds(outline: &Outline) -> Result<(), Unfit> {
    let Outline { width, height, .. } = *outline;
    if width == 0 || height == 0 {
        return Err(Unfit::Damaged { media: outline.media });
    }
    let (short, long) = (width.min(height), width.max(height));
    if long > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unfit::TooLarge { width, height });
    }
    if short < MIN_SIDE {
        return Err(Unfit::TooSmall { width, height });
    }
    if long > short * LONGEST_RATIO {
        return Err(Unfit::TooNarrow { width, height });
    }
    if outline.working > MAX_WORKING {
        return Err(Unfit::TooCostly);
    }
    Ok(())
}

/// Decodes to upright 8-bit RGB.
fn pixels(media: Media, bytes: &[u8]) -> Result<DynamicImage, Unfit> {
    let (mut image, orientation) = match media {
        Media::Jpeg => jpeg(bytes)?,
        Media::Png => {
            let limits = limits();
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|e| fault(media, &e))?;
            through_image(media, decoder)?
        }
        Media::Webp => through_image(media, WebPDecoder::new(Cursor::new(bytes)).map_err(|e| fault(media, &e))?)?,
    };
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED + (64 << 20));
    limits
}

fn jpeg(bytes: &[u8]) -> Result<(DynamicImage, Orientation), Unfit> {
    let media = Media::Jpeg;
    let fault = |e: DecodeErrors| match e {
        DecodeErrors::Unsupported(_) => Unfit::RareCoding { media },
        _ => Unfit::Damaged { media },
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(fault)?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let wanted = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let data = decoder.decode().map_err(fault)?;
    let (width, height) =
        decoder.info().map(|info| (u32::from(info.width), u32::from(info.height))).unwrap_or_default();
    let image = if grey {
        GrayImage::from_raw(width, height, data).map(|grey| DynamicImage::ImageLuma8(grey).into_rgb8())
    } else {
        RgbImage::from_raw(width, height, data)
    };
    let image = image.ok_or(Unfit::Damaged { media })?;
    Ok((DynamicImage::ImageRgb8(image), orientation.unwrap_or(Orientation::NoTransforms)))
}

fn through_image(media: Media, mut decoder: impl ImageDecoder) -> Result<(DynamicImage, Orientation), Unfit> {
    if decoder.total_bytes() > MAX_DECODED {
        return Err(Unfit::TooCostly);
    }
    decoder.set_limits(limits()).map_err(|e| fault(media, &e))?;
    // A broken orientation note is not a broken picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| fault(media, &e))?;
    Ok((flat(image), orientation))
}

fn fault(media: Media, error: &ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::TooCostly,
        ImageError::Unsupported(_) => Unfit::RareCoding { media },
        _ => Unfit::Damaged { media },
    }
}

/// 8-bit RGB; transparent parts lie on white, as a viewer or a print shows them. Done in place: four bytes become three.
fn flat(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let (width, height) = (image.width(), image.height());
    let mut data = image.into_rgba8().into_raw();
    let pixels = data.len() / 4;
    for index in 0..pixels {
        let Some(&[red, green, blue, alpha]) = data.get(index * 4..).and_then(<[u8]>::first_chunk) else { break };
        let over = |colour: u8| {
            let alpha = u16::from(alpha);
            u8::try_from((u16::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
        };
        if let Some(to) = data.get_mut(index * 3..).and_then(<[u8]>::first_chunk_mut) {
            *to = [over(red), over(green), over(blue)];
        }
    }
    data.truncate(pixels * 3);
    DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, data).unwrap_or_default())
}
