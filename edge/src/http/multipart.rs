//! Forms with files (RFC 7578), read as they come: what is fed in comes out in pieces, and little is held back.

/// How long a part's headers may be, in bytes.
const MAX_HEADERS: usize = 8 * 1024;
/// How many parts a form may have.
const MAX_PARTS: u32 = 20;

/// What comes next in a form.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A part begins.
    Part(Part),
    /// Bytes of it.
    Bytes(Vec<u8>),
    /// It is at its end.
    PartEnds,
    /// The form is at its end.
    End,
}

/// What a part says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The field.
    pub name: String,
    /// The name of the file, where it is one.
    pub filename: Option<String>,
}

/// The body is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Before,
    /// Behind a delimiter.
    Delimited,
    /// In a part's headers.
    Headers,
    /// In a part's bytes.
    Body,
    /// Behind the last delimiter.
    Done,
}

/// A form that is being read.
#[derive(Debug)]
pub struct Multipart {
    /// What stands between two parts: a line end, two hyphens and the boundary.
    delimiter: Vec<u8>,
    held: Vec<u8>,
    state: State,
    parts: u32,
}

impl Multipart {
    /// Begins to read a form of this content type; none where it is not one, or names no boundary that can be (RFC 2046,
    /// section 5.1.1).
    pub fn of(content_type: &str) -> Option<Self> {
        let (media_type, parameters) = content_type.split_once(';')?;
        if !media_type.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameter(parameters, "boundary")?;
        let known = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
        let good =
            (1..=70).contains(&boundary.len()) && boundary.bytes().all(known) && !boundary.ends_with(' ');
        // The first delimiter may stand at the very beginning, where no line end is before it.
        good.then(|| Self {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            held: b"\r\n".to_vec(),
            state: State::Before,
            parts: 0,
        })
    }

    /// Takes in the bytes that came.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.state != State::Done {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Gives what comes next; none where more bytes are needed to tell.
    pub fn piece(&mut self) -> Result<Option<Piece>, Malformed> {
        loop {
            let piece = match self.state {
                State::Before => self.before()?,
                State::Delimited => self.delimited()?,
                State::Headers => self.headers()?,
                State::Body => return Ok(self.body()),
                State::Done => return Ok(Some(Piece::End)),
            };
            match piece {
                Step::Wait => return Ok(None),
                Step::On => {}
                Step::Piece(piece) => return Ok(Some(piece)),
            }
        }
    }

    /// Finds the first delimiter. What stands before it says nothing to programs.
    fn before(&mut self) -> Result<Step, Malformed> {
        match find(&self.held, &self.delimiter) {
            Some(at) => {
                self.take(at + self.delimiter.len());
                self.state = State::Delimited;
                Ok(Step::On)
            }
            None if self.held.len() > MAX_HEADERS => Err(Malformed),
            None => Ok(Step::Wait),
        }
    }

    fn delimited(&mut self) -> Result<Step, Malformed> {
        match self.held.get(..2) {
            None => Ok(Step::Wait),
            Some(b"--") => {
                self.state = State::Done;
                self.held = Vec::new();
                Ok(Step::On)
            }
            // The line end stays, for headers that are none end with it at once.
            Some(b"\r\n") if self.parts < MAX_PARTS => {
                self.parts += 1;
                self.state = State::Headers;
                Ok(Step::On)
            }
            Some(_) => Err(Malformed),
        }
    }

    fn headers(&mut self) -> Result<Step, Malformed> {
        let end = find(&self.held, b"\r\n\r\n");
        if end.unwrap_or(self.held.len()) > MAX_HEADERS {
            return Err(Malformed);
        }
        let Some(end) = end else { return Ok(Step::Wait) };
        let headers = String::from_utf8(self.take(end)).map_err(|_| Malformed)?;
        self.take(4);
        self.state = State::Body;
        Ok(Step::Piece(Piece::Part(part(&headers).ok_or(Malformed)?)))
    }

    fn body(&mut self) -> Option<Piece> {
        match find(&self.held, &self.delimiter) {
            Some(0) => {
                self.take(self.delimiter.len());
                self.state = State::Delimited;
                Some(Piece::PartEnds)
            }
            Some(at) => Some(Piece::Bytes(self.take(at))),
            None => {
                // The last bytes may be the beginning of a delimiter.
                let sure = self.held.len().saturating_sub(self.delimiter.len() - 1);
                (sure > 0).then(|| Piece::Bytes(self.take(sure)))
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.held.split_off(count.min(self.held.len()));
        core::mem::replace(&mut self.held, rest)
    }
}

enum Step {
    Wait,
    On,
    Piece(Piece),
}

/// What a part's headers say; none where they do not name the field. Only one header has a say (RFC 7578, section 4.8).
fn part(headers: &str) -> Option<Part> {
    let mut lines = headers.split("\r\n").filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
    let (kind, parameters) = value.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return None;
    }
    Some(Part { name: parameter(parameters, "name")?, filename: parameter(parameters, "filename") })
}

/// The value of a parameter, quoted or not. Browsers write what would end the quotes as `%22`, others as `\"`.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_start_matches([';', ' ', '\t']).trim_end();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after.get(..end)?.trim().to_owned(), after.get(end..)?)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
}

/// A quoted value from behind its first quote, and what comes after its last.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            // Before anything but a quote it is what old browsers wrote between folders.
            '\\' if quoted.get(at + 1..)?.starts_with('"') => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    None
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----x";

    type Read = (Vec<(Part, Vec<u8>)>, bool);

    /// All that a form says, and whether it ended: the bytes of each part put together; fed in pieces of this size.
    fn read(body: &[u8], size: usize) -> Result<Read, Malformed> {
        let mut form = Multipart::of(TYPE).unwrap();
        let (mut parts, mut ended): Read = (Vec::new(), false);
        for chunk in body.chunks(size) {
            form.feed(chunk);
            while let Some(piece) = form.piece()? {
                match piece {
                    Piece::Part(part) => parts.push((part, Vec::new())),
                    Piece::Bytes(bytes) => parts.last_mut().unwrap().1.extend(bytes),
                    Piece::PartEnds => {}
                    Piece::End => {
                        ended = true;
                        break;
                    }
                }
            }
        }
        Ok((parts, ended))
    }

    fn field(name: &str, filename: Option<&str>) -> Part {
        Part { name: name.into(), filename: filename.map(Into::into) }
    }

    #[test]
    fn a_form_is_read_however_it_is_cut() {
        let content = b"a\r\n--\r\n----\r\n------y\0\xff\r\n\r\n".to_vec();
        let mut body =
            b"------x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n------x\r\n\
            content-type: image/png\r\ncontent-disposition: form-data; filename=\"a.png\"; name=file\r\n\r\n"
                .to_vec();
        body.extend(&content);
        body.extend(b"\r\n------x--\r\nwhat comes after");
        let wanted =
            vec![(field("note", None), b"hello".to_vec()), (field("file", Some("a.png")), content.clone())];
        for size in 1..body.len() {
            assert_eq!(read(&body, size), Ok((wanted.clone(), true)), "in pieces of {size}");
        }
        for end in 0..body.len() - 20 {
            let (_, ended) = read(body.get(..end).unwrap(), 7).unwrap();
            assert!(!ended, "cut at {end}");
        }
    }

    #[test]
    fn an_empty_part_is_one() {
        let body =
            b"------x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n------x--";
        assert_eq!(read(body, 5), Ok((vec![(field("file", Some("")), vec![])], true)));
    }

    #[test]
    fn names_are_read_with_their_quotes() {
        let name =
            |text: &str| part(&format!("Content-Disposition: form-data; {text}")).and_then(|it| it.filename);
        assert_eq!(name(r#"name="file"; filename="a\"b.png""#).unwrap(), "a\"b.png");
        assert_eq!(name(r#"name="file"; filename="C:\dir\a.png""#).unwrap(), r"C:\dir\a.png");
        assert_eq!(name(r#"filename="name=x; a=b"; name="file""#).unwrap(), "name=x; a=b");
        assert_eq!(name(r#"name=file;filename=a.png"#).unwrap(), "a.png");
        for none in [r#"name="file""#, r#"name="file"; filename="a.png"#, r#"filename="a.png""#] {
            assert_eq!(name(none), None, "{none}");
        }
        assert_eq!(part("Content-Type: text/plain"), None);
        assert_eq!(part("Content-Disposition: attachment; name=\"file\""), None);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for content_type in [
            "",
            "application/json",
            "multipart/form-data",
            "multipart/form-data; charset=utf-8",
            "multipart/mixed; boundary=x",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a\nb\"",
            &format!("multipart/form-data; boundary={}", "x".repeat(71)),
        ] {
            assert!(Multipart::of(content_type).is_none(), "{content_type}");
        }
        assert!(Multipart::of("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"").is_some());
        let head = "------x\r\nContent-Disposition: form-data; name=\"file\"\r\n";
        for body in [
            "------xyz\r\n\r\n\r\n".to_owned(),
            "------x\r\n\r\nno headers".to_owned(),
            "------x\r\nContent-Type: text/plain\r\n\r\nno name".to_owned(),
            format!("{head}X: {}", "x".repeat(MAX_HEADERS)),
            "x".repeat(MAX_HEADERS + 1),
            format!("{head}\r\n\r\n").repeat(usize::try_from(MAX_PARTS).unwrap() + 1),
        ] {
            assert_eq!(read(body.as_bytes(), 1000), Err(Malformed), "{}", body.get(..40).unwrap_or(&body));
        }
    }

    #[test]
    fn little_is_held_back() {
        let mut form = Multipart::of(TYPE).unwrap();
        form.feed(b"------x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
        assert!(matches!(form.piece(), Ok(Some(Piece::Part(_)))));
        for _ in 0..1000 {
            form.feed(&[b'\r'; 1000]);
            while let Some(piece) = form.piece().unwrap() {
                assert!(matches!(piece, Piece::Bytes(_)));
            }
            assert!(form.held.len() < form.delimiter.len());
        }
        form.feed(b"\r\n------x--");
        while !matches!(form.piece().unwrap().unwrap(), Piece::End) {}
        form.feed(&[0; 1000]);
        assert!(form.held.is_empty());
    }
}
