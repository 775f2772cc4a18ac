use super::Piece::{Close, Open, Words};
use super::*;
use proptest::prelude::*;

/// What is seen, with marks as one letter and brackets.
fn shown(text: &str) -> String {
    let mark = |mark: &Mark<'_>| match mark {
        Mark::Paragraph => "p(".into(),
        Mark::Quote => "q(".into(),
        Mark::List => "ul(".into(),
        Mark::Numbers(from) => format!("ol{from}("),
        Mark::Item => "li(".into(),
        Mark::Fence => "pre(".into(),
        Mark::Code => "code(".into(),
        Mark::Strong => "b(".into(),
        Mark::Emphasis => "i(".into(),
        Mark::Struck => "s(".into(),
        Mark::Link(address) => format!("a {address}("),
    };
    let piece = |piece: &Piece<'_>| match piece {
        Open(opened) => mark(opened),
        Close => ")".into(),
        Words(words) => (*words).into(),
    };
    parse(text).iter().map(piece).collect()
}

#[test]
fn words_are_formatted_as_people_expect() {
    for (text, expected) in [
        ("plain", "p(plain)"),
        ("**strong** and *soft*, _too_", "p(b(strong) and i(soft), i(too))"),
        ("***both*** **a *b*** *a **b***", "p(b(i(both)) b(a i(b)) i(a b(b)))"),
        ("~~old~~ `**code**` ``a`b``", "p(s(old) code(**code**) code(a`b))"),
        ("snake_case_name 2*3*4 * a", "p(snake_case_name 2i(3)4 * a)"),
        (r"\*as it is\* \[a](b) c:\d \\", r"p(*as it is* [a](b) c:\d \)"),
        ("a **b", "p(a **b)"),
        ("*a **b* c", "p(i(a **b) c)"),
        ("one\ntwo\n\nthree", "p(one\ntwo)p(three)"),
        ("**one\ntwo**", "p(b(one\ntwo))"),
        ("Take:\n- one\n- **two**\n  more\nThen", "p(Take:)ul(li(one)li(b(two)\nmore))p(Then)"),
        ("3. c\n4) d\n- e", "ol3(li(c)li(d))ul(li(e))"),
        ("> a\n>b\n\nc", "q(a\nb)p(c)"),
        ("```rust\nlet a = *b*;\n\n- c\n```\nd", "pre(let a = *b*;\n\n- c)p(d)"),
        ("```\nopen", "pre(open)"),
        ("[a **b**](https://c.example/d_e_f) g", "p(a https://c.example/d_e_f(a b(b)) g)"),
        (
            "[w](https://e.example/a_(b)) [m](mailto:a@b.c) [t](tel:+1)",
            "p(a https://e.example/a_(b)(w) a mailto:a@b.c(m) a tel:+1(t))",
        ),
        ("https://e.example/*a*_b_ *c*", "p(https://e.example/*a*_b_ i(c))"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn nothing_but_addresses_of_four_kinds_is_opened() {
    for text in [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](data:text/html,<script>)",
        "[a](//evil.example)",
        "[a](/here)",
        "[a](https://)",
        "[a]( https://a.example)",
        "[a](vbscript:x) <a href=javascript:x>a</a> <img src=x onerror=alert(1)>",
        "[a][b] [a]: https",
    ] {
        assert_eq!(shown(text), format!("p({text})"));
    }
    assert_eq!(
        shown("[a [b](https://c.example)](https://d.example)"),
        "p([a a https://c.example(b)](https://d.example))"
    );
}

fn depth(pieces: &[Piece<'_>]) -> (usize, usize) {
    pieces.iter().fold((0_usize, 0), |(now, most), piece| match piece {
        Open(_) => (now + 1, most.max(now + 1)),
        Close => (now.checked_sub(1).expect("nothing closes that is not open"), most),
        Words(_) => (now, most),
    })
}

fn words(pieces: &[Piece<'_>]) -> String {
    pieces.iter().map(|piece| if let Words(words) = piece { words } else { "" }).collect()
}

#[test]
fn it_takes_as_long_as_the_text() {
    for sign in [
        "*", "**a ", "[", "](", "[a](", "`a``", "``` ", "> ", "- ", "_a", "~~", "\\", "(", "a", "http", "1. ",
    ] {
        let text = sign.repeat(200_000 / sign.len());
        let start = std::time::Instant::now();
        assert!(depth(&parse(&text)).1 <= 10);
        assert!(start.elapsed().as_millis() < 2_000, "{sign}");
    }
}

proptest! {
    #[test]
    fn any_text_keeps_its_words_in_their_order(text in "(\\*|\\*\\*|_|~~|`|``|\\[|\\]|\\(|\\)|>|- |1\\. |\\\\|\n|```\n|https://a|a|é| |<b>){0,60}") {
        let pieces = parse(&text);
        let (open, most) = depth(&pieces);
        prop_assert_eq!(open, 0);
        prop_assert!(most <= 10);
        let said = words(&pieces);
        let mut rest = text.chars();
        for c in said.chars() {
            prop_assert!(rest.by_ref().any(|other| other == c), "{} is not in {}", said, text);
        }
        // Letters are never marks; those of an address stand in its link.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
        let in_links: usize = pieces.iter().map(|piece| if let Open(Mark::Link(to)) = piece { letters(to) } else { 0 }).sum();
        let after_fence: usize = text.split("```").skip(1).map(|info| letters(info.split('\n').next().unwrap_or(""))).sum();
        prop_assert!(letters(&said) + in_links + after_fence >= letters(&text), "{:?}", pieces);
    }

    #[test]
    fn words_without_marks_stay_as_they_are(text in "[a-zA-Zéß .,:;!?'()\"0-9]{1,80}") {
        prop_assume!(!text.trim().is_empty() && item(text.trim_start()).is_none());
        prop_assert_eq!(words(&parse(&text)), text);
    }
}
