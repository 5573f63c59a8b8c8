//! Tables for people: columns apart by spaces, readable without colour, no line ever wrapped.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableStyle};

use super::output::clean;

/// Renders rows below a heading; cells are made harmless.
pub(crate) fn render(heading: &[&str], rows: Vec<Vec<String>>) -> String {
    written(&made(heading, rows))
}

/// The same, with figures at the right of their columns.
pub(crate) fn figures(heading: &[&str], rows: Vec<Vec<String>>) -> String {
    let is_figure = |text: &String| {
        text.bytes()
            .all(|it| it.is_ascii_digit() || b".-".contains(&it))
    };
    let columns = 1..heading.len();
    let right: Vec<_> = columns
        .filter(|at| rows.iter().all(|row| row.get(*at).is_none_or(is_figure)))
        .collect();
    let mut table = made(heading, rows);
    for at in right {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    written(&table)
}

fn made(heading: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(
        heading
            .iter()
            .map(|it| it.to_uppercase())
            .collect::<Vec<_>>(),
    );
    for row in rows {
        table.add_row(row.iter().map(|it| clean(it)).collect::<Vec<_>>());
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

fn written(table: &Table) -> String {
    table
        .lines()
        .map(|it| it.trim_end().to_owned() + "\n")
        .collect()
}

/// Renders names and values, one pair a line; pairs without a value are left out.
pub(crate) fn pairs(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:width$}  {}\n", clean(value)))
        .collect()
}

/// A number of things, in the right number.
pub(crate) fn counted(count: usize, name: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {name}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_no_line_ends_in_spaces() {
        let rows = vec![
            vec!["a".into(), "long value".into(), "x".into()],
            vec!["bcd".into(), String::new(), "\u{1b}[31m".into()],
        ];
        let expected = "ID   VALUE       END\na    long value  x\nbcd              \\u{1b}[31m\n";
        assert_eq!(render(&["id", "value", "end"], rows), expected);
    }

    #[test]
    fn figures_stand_at_the_right_and_words_at_the_left() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![row(["1", "ACCEPT", "2400.00"]), row(["2", "", "0.5"])];
        let expected = "KEY  OUTCOME      NET\n1    ACCEPT   2400.00\n2                 0.5\n";
        assert_eq!(figures(&["key", "outcome", "net"], rows), expected);
    }

    #[test]
    fn pairs_without_a_value_are_left_out() {
        let shown = pairs(&[
            ("id", "1".into()),
            ("none", String::new()),
            ("when", "now".into()),
        ]);
        assert_eq!(shown, "id    1\nwhen  now\n");
    }
}
