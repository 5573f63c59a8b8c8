//! The suite that every store passes: what [`Store`] promises, as tests.
//!
//! A store's crate implements [`Home`] for its tests and calls [`conformance_tests!`], which makes
//! one `#[tokio::test]` of each behaviour. Each behaviour begins on an empty store and stands in
//! the module that its subject names: [`claims`], [`keeping`], [`lists`], [`releases`],
//! [`rejected`], [`concurrency`], [`documents`], [`document_lists`], [`findings`], [`events`],
//! [`refolding`].
//!
//! What it does not do: look inside a store. Query plans, full disks and migrations are tested
//! where they can be seen, beside each store.
//!
//! [`conformance_tests!`]: crate::conformance_tests

pub mod claims;
pub mod concurrency;
pub mod document_lists;
pub mod documents;
pub mod events;
pub mod findings;
mod fixtures;
pub mod keeping;
pub mod lists;
pub mod refolding;
pub mod rejected;
pub mod releases;
mod trade;

use std::sync::Arc;

use async_trait::async_trait;

use crate::Store;

/// Where the store of one test lives; it begins empty.
#[async_trait]
pub trait Home: Send {
    /// The store, open.
    fn store(&self) -> Arc<dyn Store>;

    /// Closes the store and opens it again over the same data, as a restart does.
    async fn reopen(&mut self);
}

/// Makes a test of each behaviour of the suite. The argument is an expression that makes a fresh
/// [`Home`]; it may await.
#[macro_export]
macro_rules! conformance_tests {
    ($home:expr) => {
        $crate::conformance_tests! { @tests $home,
            claims {
                a_first_receipt_is_kept,
                the_same_identity_and_content_is_a_duplicate,
                a_quarantined_draft_of_an_accepted_message_is_its_duplicate,
                other_content_under_an_identity_is_content_changed,
                the_same_content_in_quarantine_is_a_duplicate,
                quarantine_is_told_apart_by_source_operation_and_content,
                quarantine_leaves_the_identity_free,
                other_content_under_a_taken_identity_can_be_quarantined,
                look_ups_see_the_drafts_before_them_in_the_batch,
                a_poison_receipt_fails_alone,
                a_poison_receipt_leaves_no_claim,
                only_the_store_says_duplicate,
            }
            concurrency {
                identical_posts_make_one_receipt_each,
                an_empty_batch_is_nothing,
            }
            documents {
                an_accepted_receipt_tells_its_documents,
                what_is_not_accepted_tells_nothing,
                a_part_in_quarantine_tells_nothing,
                a_release_tells_documents,
                other_content_is_told_without_an_event,
                any_order_and_repetition_ends_alike,
                a_restart_keeps_documents_and_finds_them,
                a_poison_receipt_leaves_no_document,
                a_message_may_tell_one_document_often,
            }
            document_lists {
                lists_follow_kind_status_party_and_number,
                pages_of_documents_join,
            }
            events {
                each_accepted_part_is_an_event,
                events_are_listed_by_operation_source_time_and_document,
                an_event_is_of_the_documents_of_its_part,
                a_released_part_is_an_event_of_its_operation,
                pages_of_events_join_across_parts,
            }
            findings {
                findings_open_and_close_with_the_state,
                findings_of_receipts_name_their_document,
                a_sum_of_a_whole_receipt_is_of_no_document_and_can_be_noted,
                findings_of_a_release_are_those_of_what_it_releases,
                lists_of_findings_follow_document_code_and_open,
                a_shared_number_is_a_finding_of_both_until_told_otherwise,
                a_decision_refolds_the_document,
                a_decision_retells_what_stays_open,
                a_note_closes_only_what_a_receipt_opened,
            }
            keeping {
                bodies_are_kept_to_the_byte,
                a_receipt_reads_back_whole,
                a_receipt_with_nothing_optional_reads_back,
                what_is_not_there_is_none,
                a_restart_keeps_everything,
                the_newest_row_id_is_known,
                a_probe_leaves_no_trace,
                a_closed_store_is_unavailable,
            }
            lists {
                lists_run_from_the_newest_to_the_oldest,
                every_filter_lists_exactly_its_receipts,
                pages_join_without_gap_or_overlap,
                times_are_bounds_to_the_nanosecond,
            }
            refolding {
                refolding_finds_no_difference,
                a_corrected_contract_finds_what_was_told_before,
                an_unknown_kind_is_told_and_not_mended,
            }
            releases {
                a_release_is_written_once,
                a_release_claims_the_identity,
                a_release_of_what_was_accepted_meanwhile_is_a_duplicate,
                a_release_of_other_content_claims_the_change,
                a_released_part_can_be_changed_content,
                a_release_knows_its_own_content,
                only_quarantine_is_released,
                a_part_is_released_alone,
                a_part_of_a_released_receipt_is_released,
            }
            rejected {
                a_rejected_body_reads_back_whole,
                rejected_bodies_are_bounded_by_rows,
                rejected_bodies_are_bounded_by_bytes,
                rejected_bodies_are_bounded_by_age,
                refusals_add_up_by_source_and_minute,
                rejected_bodies_are_listed_by_page,
                a_rejected_body_remembers_its_release,
            }
        }
    };
    (@tests $home:expr, $($module:ident { $($name:ident,)+ })+) => {$(
        mod $module {
            #[allow(unused_imports, reason = "the expression may name anything")]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let mut home = $home;
                    $crate::conformance::$module::$name(&mut home).await;
                }
            )+
        }
    )+};
}
