//! What every store must do, and what the one on disk must do beside it.

mod asked;
mod contract;
mod copies;
mod engines;
mod memory;
mod names;
mod on_disk;
mod on_server;
mod samples;
mod worlds;

/// One test for each store of each rule of the contract.
macro_rules! every_store {
    ($($module:ident::$rule:ident;)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $rule() {
                crate::contract::$module::$rule(crate::worlds::InMemory::begin()).await;
            })*
        }

        mod in_sqlite {
            $(#[tokio::test]
            async fn $rule() {
                crate::contract::$module::$rule(crate::worlds::OnDisk::begin()).await;
            })*
        }

        mod in_postgres {
            $(#[tokio::test]
            async fn $rule() {
                crate::contract::$module::$rule(crate::worlds::OnServer::begin()).await;
            })*
        }
    };
}

every_store! {
    cases::a_case_is_read_back_as_it_was_written;
    cases::what_is_saved_of_a_case_replaces_what_stood;
    cases::a_case_that_is_known_turns_out_to_continue_another_one;
    cases::lists_of_cases_and_inquiries_have_an_order_filters_and_cursors;
    cases::cases_are_found_by_party_officer_state_and_days;
    cases::cases_of_a_chain_that_becomes_part_of_another_stand_as_its_claim_does;
    courts::a_court_with_one_query_does_not_wait_behind_anothers_thousand;
    courts::lists_go_by_court_and_each_sees_its_own;
    courts::the_court_of_a_case_that_was_known_by_its_number_is_learnt;
    parties::a_query_about_a_freed_party_is_neither_sent_again_nor_offered;
    people::persons_are_read_back_and_found_by_their_staff_number;
    people::sessions_are_found_by_digest_and_end_one_by_one_or_together;
    people::keys_are_found_by_digest_and_stay_when_they_are_revoked;
    people::looks_have_an_order_filters_and_counts;
    joining::a_chain_that_becomes_part_of_another_is_the_others_with_all_that_it_had;
    joining::a_party_that_only_one_chain_knew_comes_along_and_what_is_not_there_is_a_conflict;
    orders::an_order_and_its_moves_are_read_back;
    orders::orders_come_in_turn_when_their_time_has_come;
    orders::offers_begin_behind_the_last_and_go_round;
    orders::a_lane_knows_what_waits_and_how_long;
    orders::deadlines_are_found_while_an_inquiry_waits;
    orders::lists_of_orders_have_filters_and_cursors;
    orders::orders_are_found_by_case_inquiry_party_measure_and_time;
    orders::a_look_at_orders_ends_where_it_is_told_to_and_skips_none;
    answers::revisions_are_read_back_and_the_latest_counts;
    answers::answers_are_used_again_while_they_are_young;
    answers::receipts_and_certificates_are_kept_byte_for_byte;
    answers::the_log_is_numbered_in_the_order_of_commits;
    answers::a_page_of_the_log_carries_order_and_answer;
    measures::a_measure_and_its_moves_are_read_back;
    measures::measures_are_looked_at_in_time;
    measures::lists_of_measures_have_filters_and_cursors;
    measures::tasks_stand_on_the_list_until_they_are_done;
    lanes::messages_and_batches_are_kept_until_they_are_sent;
    lanes::messages_of_a_lane_are_listed_the_newest_first_however_far_apart_they_are;
    lanes::responses_are_counted_by_name_and_subject;
    lanes::counters_add_up_by_day;
    lanes::pauses_consumers_findings_and_acts_are_kept;
    times::reading_from_a_time_on_finds_every_event_of_it_whatever_clock_it_was_written_by;
    refusals::illegal_and_stale_moves_are_conflicts;
    refusals::what_must_be_new_is_new_and_what_is_saved_is_there;
    refusals::nothing_is_kept_of_a_transaction_that_fails;
    refusals::a_failed_write_fails_its_job_whatever_the_job_says;
    refusals::a_job_that_fails_leaves_the_others_alone;
    refusals::a_failed_write_spoils_nothing_but_its_group;
    refusals::a_job_that_panics_takes_nothing_along;
    refusals::a_transaction_sees_what_it_wrote_and_nobody_else_does_before_its_end;
    numbers::numbers_never_repeat_not_after_reopening_nor_in_a_later_epoch;
    numbers::a_restored_log_goes_on_far_behind_all_that_was_read_of_it;
    numbers::what_was_committed_is_there_after_reopening;
    numbers::hashes_are_keyed_and_the_same_for_the_same_text;
    numbers::lanes_and_readers_are_woken_after_the_commit;
    upkeep::a_clock_that_goes_a_day_forward_and_back_leaves_no_order_waiting_for_it;
    upkeep::what_is_written_for_a_look_is_read_back;
    upkeep::a_consumer_that_reads_no_more_is_removed_and_the_audit_says_so;
    upkeep::a_page_of_the_log_is_bounded_by_its_bytes_and_the_next_goes_on;
    upkeep::the_file_of_a_case_does_not_grow_with_the_terms_of_its_inquiries;
    upkeep::the_file_of_a_case_comes_with_the_orders_that_its_open_tasks_put_before_a_person;
    upkeep::messages_know_their_orders_and_how_often_they_were_repeated;
    upkeep::a_transaction_reads_what_readers_see_whatever_was_changed_before;
    desk::what_is_done_at_the_desk_is_read_back_and_a_stale_version_is_a_conflict;
    desk::a_control_that_people_carried_is_not_offered_and_stays_on_the_desk;
    desk::the_desk_lists_what_is_due_first_by_counterpart_court_and_state;
    desk::what_stands_on_the_desk_goes_with_its_chain;
    reports::inquiries_of_a_period_come_in_the_order_in_which_they_were_accepted;
    reports::inquiries_of_a_court_are_read_without_those_of_others;
    reports::orders_are_counted_by_what_became_of_them;
    reports::a_question_that_is_asked_again_counts_once_with_its_newest_answer;
    answers::a_refused_re_query_takes_no_answer_away;
    reports::lapses_are_found_by_their_last_days;
    reports::lapses_and_renewals_of_a_court_are_read_without_those_of_others;
    reports::renewals_count_that_took_effect_while_the_term_before_them_ran;
    reports::a_print_is_kept_byte_for_byte_and_belongs_to_its_chain;
    retention::what_is_over_goes_in_its_time_and_what_is_open_stays;
    retention::the_newest_case_stays_so_that_no_number_is_given_again;
    retention::a_court_has_terms_of_its_own_and_a_task_keeps_a_case_open;
    retention::a_term_counts_from_the_closing_of_the_case;
}
