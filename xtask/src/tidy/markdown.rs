//! Takes from a page what the rules compare with the tree: code in backticks, fenced blocks, links.

use regex::Regex;

/// A piece of a page and the line it stands on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// What one page holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// What stands between single backticks in running text.
    pub(crate) spans: Vec<Piece>,
    /// The targets of links that are not web addresses.
    pub(crate) links: Vec<Piece>,
    /// Lines inside fenced blocks, with the word after the fence's opening.
    pub(crate) fenced: Vec<(String, Piece)>,
    /// Lines of running text, as they are.
    pub(crate) prose: Vec<Piece>,
    /// The anchors of its headings.
    pub(crate) anchors: Vec<String>,
}

impl Page {
    pub(crate) fn read(text: &str) -> Self {
        let span = Regex::new(r"`([^`]+)`").expect("well-formed");
        let link = Regex::new(r"\]\(([^)\s]+)\)").expect("well-formed");
        let mut page = Self::default();
        let mut fence: Option<String> = None;
        for (at, line) in text.lines().enumerate() {
            let piece = |text: &str| Piece {
                line: at + 1,
                text: text.to_owned(),
            };
            if let Some(word) = line.trim_start().strip_prefix("```") {
                fence = if fence.is_some() {
                    None
                } else {
                    Some(word.trim().to_owned())
                };
                continue;
            }
            if let Some(word) = &fence {
                page.fenced.push((word.clone(), piece(line)));
                continue;
            }
            if let Some(heading) = line.strip_prefix('#') {
                page.anchors.push(anchor(heading.trim_start_matches('#')));
            }
            page.prose.push(piece(line));
            page.spans
                .extend(span.captures_iter(line).map(|it| piece(&it[1])));
            let without_code = span.replace_all(line, "");
            let targets = link.captures_iter(&without_code).map(|it| piece(&it[1]));
            page.links
                .extend(targets.filter(|it| !it.text.contains("://")));
        }
        page
    }

    /// The fenced blocks in one language, each with the line on which its text begins.
    pub(crate) fn blocks(&self, language: &str) -> Vec<Piece> {
        let mut blocks: Vec<(usize, Piece)> = Vec::new();
        for (word, piece) in self.fenced.iter().filter(|(word, _)| word == language) {
            match blocks.last_mut() {
                Some((next, block)) if *next == piece.line && word == language => {
                    block.text.push_str(&piece.text);
                    block.text.push('\n');
                    *next += 1;
                }
                _ => {
                    let text = format!("{}\n", piece.text);
                    blocks.push((
                        piece.line + 1,
                        Piece {
                            line: piece.line,
                            text,
                        },
                    ));
                }
            }
        }
        blocks.into_iter().map(|(_, block)| block).collect()
    }
}

/// The anchor that a heading gets where pages are shown.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|it| match it {
        ' ' => Some('-'),
        '-' | '_' => Some(it),
        it if it.is_alphanumeric() => it.to_lowercase().next(),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The `one` page!\nSee `a/b.rs` and [this](../c.md#d).\n```toml\nx = 1\ny = 2\n```\n```toml\nz = 3\n```\n";

    #[test]
    fn spans_links_anchors_and_fences_are_told_apart() {
        let page = Page::read(TEXT);
        let spans: Vec<&str> = page.spans.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(spans, ["one", "a/b.rs"]);
        assert_eq!(
            page.links,
            [Piece {
                line: 2,
                text: "../c.md#d".to_owned()
            }]
        );
        assert_eq!(page.anchors, ["the-one-page"]);
        assert_eq!(page.fenced.len(), 3);
    }

    #[test]
    fn blocks_next_to_each_other_stay_apart() {
        let blocks = Page::read(TEXT).blocks("toml");
        assert_eq!(blocks.len(), 2);
        assert_eq!(
            blocks[0],
            Piece {
                line: 4,
                text: "x = 1\ny = 2\n".to_owned()
            }
        );
        assert_eq!(blocks[1].line, 8);
    }
}
