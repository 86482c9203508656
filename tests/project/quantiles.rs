//! The histogram of the benchmarks: its quantiles differ from those of a sorted list by at most its bucket width.

#[path = "../../benches/common/histogram.rs"]
#[allow(dead_code)] // the benchmarks use all of it
mod histogram;

use histogram::Histogram;
use proptest::prelude::*;

/// The quantile of a sorted list.
fn exact(sorted: &[u64], quantile: f64) -> u64 {
    let rank = (sorted.len() as f64 * quantile).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

proptest! {
    #[test]
    fn quantiles_are_at_most_a_bucket_above_those_of_the_sorted_list(
        values in prop::collection::vec(any::<(u64, u32)>(), 1..300),
        quantile in 0.0..=1.0,
    ) {
        // Values of all magnitudes; random numbers alone are mostly of the largest.
        let mut values: Vec<u64> = values.iter().map(|(value, shift)| value >> (shift % 64)).collect();
        let mut histogram = Histogram::new();
        values.iter().for_each(|value| histogram.add(*value));
        values.sort_unstable();
        let (shown, exact) = (histogram.quantile(quantile), exact(&values, quantile));
        prop_assert!(shown >= exact, "{} below {}", shown, exact);
        prop_assert!(shown - exact <= exact / 128, "{} is too far above {}", shown, exact);
        prop_assert_eq!(histogram.max(), values[values.len() - 1]);
    }

    #[test]
    fn merged_histograms_equal_one_histogram_of_all_values(
        left in prop::collection::vec(0_u64..1_000_000, 1..100),
        right in prop::collection::vec(0_u64..1_000_000, 1..100),
    ) {
        let [mut merged, mut other, mut all] = [(); 3].map(|()| Histogram::new());
        left.iter().for_each(|value| merged.add(*value));
        right.iter().for_each(|value| other.add(*value));
        left.iter().chain(&right).for_each(|value| all.add(*value));
        merged.merge(&other);
        for quantile in [0.0, 0.5, 0.99, 0.999, 1.0] {
            prop_assert_eq!(merged.quantile(quantile), all.quantile(quantile));
        }
        prop_assert_eq!(merged.max(), all.max());
    }
}

#[test]
fn an_empty_histogram_gives_0() {
    assert_eq!(Histogram::new().quantile(0.5), 0);
}
