//! Figures by case and measure, one of each a round.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// The figures of one benchmark.
#[derive(Debug)]
pub struct Sheet {
    bench: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    case: String,
    measure: &'static str,
    values: Vec<f64>,
}

impl Sheet {
    /// Creates an empty one.
    pub fn new(bench: &'static str) -> Sheet {
        Sheet {
            bench,
            rows: Vec::new(),
        }
    }

    /// Adds the figure of one round; `measure` contains its unit.
    pub fn add(&mut self, case: &str, measure: &'static str, value: f64) {
        let found = self
            .rows
            .iter_mut()
            .find(|row| row.case == case && row.measure == measure);
        match found {
            Some(row) => row.values.push(value),
            None => self.rows.push(Row {
                case: case.to_owned(),
                measure,
                values: vec![value],
            }),
        }
    }

    /// Adds, under `case`, the result of `of` for the figures of two other cases, round by round.
    pub fn compare(
        &mut self,
        case: &str,
        measure: &'static str,
        sides: [(&str, &str); 2],
        of: fn(f64, f64) -> f64,
    ) {
        let [left, right] = sides.map(|(case, measure)| self.values(case, measure));
        for (left, right) in left.into_iter().zip(right) {
            self.add(case, measure, of(left, right));
        }
    }

    fn values(&self, case: &str, measure: &str) -> Vec<f64> {
        let found = self
            .rows
            .iter()
            .find(|row| row.case == case && row.measure == measure);
        found.map(|row| row.values.clone()).unwrap_or_default()
    }

    /// The median of the rounds so far; 0 if there are none.
    pub fn median(&self, case: &str, measure: &str) -> f64 {
        spread(&self.values(case, measure)).1
    }

    /// Prints every figure, and adds them to `out`.
    pub fn finish(&self, out: Option<&Path>) {
        println!("{}: median (smallest to largest of the rounds)", self.bench);
        let mut cases: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !cases.contains(&row.case.as_str()) {
                cases.push(&row.case);
            }
        }
        for case in cases {
            let of_case = self.rows.iter().filter(|row| row.case == case);
            let shown: Vec<String> = of_case.map(Row::shown).collect();
            println!("  {case:<32} {}", shown.join("; "));
        }
        if let Some(out) = out {
            self.save(out)
                .unwrap_or_else(|error| panic!("{}: {error}", out.display()));
        }
    }

    fn save(&self, out: &Path) -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(out)?;
        for row in &self.rows {
            let line = serde_json::json!({
                "bench": self.bench, "case": row.case, "measure": row.measure, "values": row.values,
            });
            writeln!(file, "{line}")?;
        }
        Ok(())
    }
}

impl Row {
    fn shown(&self) -> String {
        let (smallest, median, largest) = spread(&self.values);
        let [smallest, median, largest] = [smallest, median, largest].map(shown);
        format!("{} {median} ({smallest} to {largest})", self.measure)
    }
}

/// The smallest, the median and the largest.
fn spread(values: &[f64]) -> (f64, f64, f64) {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values.as_slice() {
        [] => (0.0, 0.0, 0.0),
        [smallest, .., largest] => {
            let middle = values.len() / 2;
            let median = if values.len() % 2 == 1 {
                values[middle]
            } else {
                (values[middle - 1] + values[middle]) / 2.0
            };
            (*smallest, median, *largest)
        }
        [only] => (*only, *only, *only),
    }
}

/// Three digits suffice for figures that vary by per cents.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
