//! Reads `Content-Encoding` and decodes response bodies.
//!
//! The HTTP library is not used for this because it recognizes only a single coding in lower case. The first bytes of
//! the body override the header, because some proxies compress or decompress a body without changing the header.

use std::io;
use std::pin::Pin;

use async_compression::futures::bufread::{BrotliDecoder, GzipDecoder};
use bytes::Bytes;
use futures_util::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::http_error::HttpError;

/// The pieces of a body as the connection delivers them.
pub(crate) type ByteStream = Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Bytes>> + Send + Sync>>;

/// The value of `Accept-Encoding`.
pub(crate) const ACCEPTED: &str = "gzip, br";
/// The most nested codings accepted. A response with more is treated as an attack.
const MAX_CODINGS: usize = 3;
/// The most bytes that one read returns.
const READ_SIZE: usize = 16 * 1024;

type Reader = Pin<Box<dyn AsyncBufRead + Send + Sync>>;

/// A coding that has to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Brotli,
    /// A coding that was not requested: its name, or a placeholder if the name is not safe to print.
    Other(String),
}

impl Coding {
    /// The codings in the `Content-Encoding` headers, in the order they were applied.
    pub(crate) fn of(headers: &HeaderMap) -> Vec<Self> {
        let values = headers.get_all(CONTENT_ENCODING).into_iter();
        let lists = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
        lists.flat_map(|list| list.split(',').filter_map(Self::read).collect::<Vec<_>>()).collect()
    }

    /// Parses one element of the list; `None` for an empty element and for `identity`.
    fn read(element: &str) -> Option<Self> {
        let name = element.split(';').next().unwrap_or_default().trim().trim_matches('"');
        match name {
            "" | "identity" => None,
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "br" => Some(Self::Brotli),
            _ => {
                let plain =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
                let shown = name.len() <= 20 && name.bytes().all(plain);
                Some(Self::Other(if shown { name } else { "an unknown coding" }.to_owned()))
            }
        }
    }
}

/// A response body that is being received.
pub(crate) enum Body {
    /// Nothing has been read yet.
    Unread(ByteStream, Vec<Coding>),
    /// The bytes are passed on as received.
    Plain(ByteStream),
    Coded(Reader),
}

impl Body {
    /// Whether the bytes are passed on as received, so that `Content-Length` is their number. Known after the first
    /// piece.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// The next piece, decoded; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, HttpError> {
        loop {
            match self {
                Self::Plain(stream) => return stream.next().await.transpose().map_err(HttpError::new),
                Self::Coded(reader) => return read(reader).await,
                Self::Unread(stream, codings) => {
                    let first = stream.next().await.transpose().map_err(HttpError::new)?;
                    // An empty body needs no decoding, whatever the headers say.
                    let Some(first) = first else { return Ok(None) };
                    if first.is_empty() {
                        continue;
                    }
                    let codings = std::mem::take(codings);
                    let stream = std::mem::replace(stream, Box::pin(stream::empty()));
                    if codings.is_empty() && !is_gzip(&first) {
                        *self = Self::Plain(stream);
                        return Ok(Some(first));
                    }
                    // Boxed, because this is rare and the future is large.
                    *self = Self::Coded(Box::pin(decoded(first, stream, codings)).await?);
                }
            }
        }
    }
}

/// Returns a reader that removes the codings.
async fn decoded(first: Bytes, rest: ByteStream, codings: Vec<Coding>) -> Result<Reader, HttpError> {
    if codings.len() > MAX_CODINGS {
        return Err(HttpError::coding("more than 3 nested codings"));
    }
    let whole = stream::once(async { Ok(first) }).chain(rest).map_err(io::Error::other);
    let mut reader: Reader = Box::pin(whole.into_async_read());
    for coding in codings.into_iter().rev() {
        let start = reader.fill_buf().await.map_err(broken)?;
        reader = match coding {
            Coding::Gzip if is_gzip(start) => gunzipped(reader),
            // A proxy has decompressed the body and left the header.
            Coding::Gzip => reader,
            Coding::Brotli => Box::pin(BufReader::new(BrotliDecoder::new(reader))),
            // Some servers write a charset or another word here.
            Coding::Other(_) if is_text(start) => reader,
            Coding::Other(name) => return Err(HttpError::coding(&name)),
        };
    }
    // A proxy has compressed the body without adding a header.
    if is_gzip(reader.fill_buf().await.map_err(broken)?) {
        reader = gunzipped(reader);
    }
    Ok(reader)
}

fn gunzipped(reader: Reader) -> Reader {
    let mut decoder = GzipDecoder::new(reader);
    // A gzip stream may have several members.
    decoder.multiple_members(true);
    Box::pin(BufReader::new(decoder))
}

async fn read(reader: &mut Reader) -> Result<Option<Bytes>, HttpError> {
    let mut piece = vec![0; READ_SIZE];
    let length = reader.read(&mut piece).await.map_err(broken)?;
    piece.truncate(length);
    Ok((length > 0).then(|| piece.into()))
}

/// Whether the bytes begin like gzip. A lone first byte is enough: no text begins with it.
fn is_gzip(start: &[u8]) -> bool {
    matches!(start, [0x1F] | [0x1F, 0x8B, ..])
}

/// Whether the bytes begin like JSON or another text that the service sends.
fn is_text(start: &[u8]) -> bool {
    matches!(start, [] | [b'{' | b'[' | b'"' | b'<' | b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xFE | 0xFF, ..])
}

/// Converts a read error, which comes from the connection or from a decoder.
fn broken(error: io::Error) -> HttpError {
    let kind = error.kind();
    let Some(inner) = error.into_inner() else { return HttpError::body(io::Error::from(kind).into()) };
    match inner.downcast::<reqwest::Error>() {
        Ok(error) => HttpError::new(*error),
        Err(inner) => HttpError::body(inner),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use http::HeaderValue;

    use super::*;

    fn codings(values: &[&str]) -> Vec<Coding> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, HeaderValue::from_str(value).unwrap());
        }
        Coding::of(&headers)
    }

    #[test]
    fn a_list_of_codings_is_read_in_any_spelling() {
        use Coding::{Brotli, Gzip, Other};
        for (values, expected) in [
            (&[][..], vec![]),
            (&["gzip"], vec![Gzip]),
            (&["GZIP"], vec![Gzip]),
            (&["GZip"], vec![Gzip]),
            (&["x-gzip"], vec![Gzip]),
            (&["X-GZip"], vec![Gzip]),
            (&["BR"], vec![Brotli]),
            (&["identity"], vec![]),
            (&["Identity"], vec![]),
            (&[""], vec![]),
            (&["gzip, identity"], vec![Gzip]),
            (&["IDENTITY,GZIP"], vec![Gzip]),
            (&[" , gzip ,, "], vec![Gzip]),
            (&["gzip", "br"], vec![Gzip, Brotli]),
            (&["br, gzip"], vec![Brotli, Gzip]),
            (&["\"gzip\"; q=1"], vec![Gzip]),
            (&["ZSTD"], vec![Other("zstd".into())]),
            (&["Contoso, Ltd"], vec![Other("contoso".into()), Other("ltd".into())]),
            (&["a b"], vec![Other("an unknown coding".into())]),
        ] {
            assert_eq!(codings(values), expected, "{values:?}");
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(text: &[u8]) -> Vec<u8> {
        let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 20);
        encoder.write_all(text).unwrap();
        encoder.into_inner()
    }

    /// Decodes these bytes, received in pieces of this size, with these `Content-Encoding` headers.
    fn decode(values: &[&str], bytes: &[u8], piece: usize) -> Result<Vec<u8>, HttpError> {
        let pieces: Vec<_> = bytes.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let mut body = Body::Unread(Box::pin(stream::iter(pieces)), codings(values));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut whole = Vec::new();
            while let Some(piece) = body.next().await? {
                assert!(!piece.is_empty() && piece.len() <= READ_SIZE.max(bytes.len()));
                whole.extend_from_slice(&piece);
            }
            Ok(whole)
        })
    }

    // Codings x letter case x list forms x actual bytes x piece sizes.
    #[test]
    fn every_coding_is_removed_however_it_is_written() {
        let text = "{\"items\":[{\"id\":\"å\"}]}".repeat(50).into_bytes();
        let (zipped, with_brotli) = (gzip(&text), brotli(&text));
        let members = [gzip(&text[..100]), gzip(&text[100..])].concat();
        let gzip_names = ["gzip", "x-gzip"];
        let lists = ["{}", " {} ", "{}, identity", "identity,{}", ",{},", "\"{}\"", "{};q=1"];
        for piece in [1, 2, 7, 100_000] {
            let check = |values: &[&str], bytes: &[u8]| {
                assert_eq!(decode(values, bytes, piece).unwrap(), text, "{values:?}, {piece} at a time");
            };
            for list in lists {
                let cases = |name: &str| {
                    let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
                    [name.to_owned(), name.to_uppercase(), title].map(|name| list.replace("{}", &name))
                };
                for value in gzip_names.into_iter().flat_map(cases) {
                    check(&[&value], &zipped);
                    check(&[&value], &members);
                    // The header is still there after a proxy has decoded the body.
                    check(&[&value], &text);
                }
                for value in cases("br") {
                    check(&[&value], &with_brotli);
                    check(&[&value, "GZIP"], &gzip(&with_brotli));
                    check(&["gzip", &value], &brotli(&zipped));
                }
                for value in cases("identity") {
                    check(&[&value], &text);
                    check(&[&value], &zipped);
                }
            }
            check(&[], &text);
            check(&[], &zipped);
            check(&["UTF-8"], &text);
            check(&["gzip"], &gzip(&zipped));
        }
        assert!(decode(&["gzip"], b"", 1).unwrap().is_empty(), "an empty body is not decoded");
    }

    #[test]
    fn a_body_that_cannot_be_decoded_is_an_error() {
        use crate::HttpErrorKind::{Body as Broken, Coding as Unsupported};
        let text = "{}".repeat(5000).into_bytes();
        let (zipped, with_brotli) = (gzip(&text), brotli(&text));
        let mut damaged = zipped.clone();
        let last = damaged.len() - 6;
        damaged[last] ^= 1;
        for (values, bytes, kind, said) in [
            (&["gzip"][..], &zipped[..zipped.len() - 1], Broken, "ended early or could not be decompressed"),
            (&[], &zipped[..20], Broken, "ended early or could not be decompressed"),
            (&["gzip"], &damaged, Broken, "ended early or could not be decompressed"),
            (
                &["br"],
                &with_brotli[..with_brotli.len() - 1],
                Broken,
                "ended early or could not be decompressed",
            ),
            (&["br"], &[0xFF; 40], Broken, "ended early or could not be decompressed"),
            (&["ZSTD"], b"\x28\xB5\x2F\xFD", Unsupported, "encoded with zstd"),
            (&["deflate"], b"\x78\x9C", Unsupported, "encoded with deflate"),
            (&["gzip,gzip,gzip,gzip"], &zipped, Unsupported, "more than 3 nested codings"),
        ] {
            for piece in [1, 100_000] {
                let error = decode(values, bytes, piece).unwrap_err();
                assert_eq!(error.kind(), kind, "{values:?}");
                assert!(error.to_string().contains(said), "{error}");
            }
        }
    }

    #[test]
    fn a_bomb_comes_in_small_pieces() {
        let zipped = gzip(&vec![b' '; 50_000_000]);
        for (values, bytes) in [(&["gzip"][..], &zipped), (&[], &zipped), (&["GZIP", "gzip"], &gzip(&zipped))]
        {
            let pieces = vec![Ok(Bytes::copy_from_slice(bytes))];
            let mut body = Body::Unread(Box::pin(stream::iter(pieces)), codings(values));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            // A caller that counts bytes can stop early.
            for _ in 0..100 {
                let piece = runtime.block_on(body.next()).unwrap().unwrap();
                assert!(piece.len() <= READ_SIZE);
            }
        }
    }

    #[test]
    fn gzip_is_recognized_by_its_first_bytes() {
        for (start, gzip) in
            [(&b""[..], false), (b"\x1F", true), (b"\x1F\x8B\x08", true), (b"\x1F\x9D", false), (b"{", false)]
        {
            assert_eq!(is_gzip(start), gzip, "{start:?}");
        }
    }
}
