"""Hostile builders by what must come of them."""

from __future__ import annotations

from tests.fakes.hostile import endings, files, instrument, interpreter, outcomes, process
from tests.fakes.hostile.behaving import Builder

REACH_THE_INSTRUMENT: tuple[Builder, ...] = (
    instrument.halves_the_clock,
    instrument.halves_the_clock_everywhere,
    instrument.freezes_the_clock,
    instrument.turns_the_clock_back,
    instrument.empties_what_is_written,
)
"""Without effect: they are timed like any other."""


SAY_WHAT_CANNOT_BE: tuple[Builder, ...] = (
    outcomes.says_nothing,
    outcomes.says_no_construct,
    outcomes.says_it_twice,
    outcomes.says_it_backwards,
    outcomes.says_a_time_below_nothing,
    outcomes.says_a_time_of_years,
    outcomes.says_a_time_beyond_numbers,
    outcomes.says_a_word_for_a_time,
    outcomes.says_no_time,
    outcomes.says_that_nothing_was_to_do,
    outcomes.says_a_strange_status,
    outcomes.says_a_strange_phase,
    outcomes.says_what_another_pass_says,
    outcomes.says_more_than_a_list,
    outcomes.says_calls_that_were_not_made,
)
"""Found out: they fail."""


FAIL: tuple[Builder, ...] = (
    endings.raises_half_a_letter,
    endings.raises_what_cannot_be_said,
    endings.raises_a_book,
    endings.raises_an_interrupt,
    endings.raises_a_closing,
    endings.raises_for_memory,
    endings.raises_an_exit,
    endings.raises_that_its_reader_has_left,
    endings.raises_that_there_is_no_room,
    interpreter.raises_a_chain,
    endings.never_comes_back,
    endings.leaves_quietly,
    endings.prints_for_ever_and_fails,
    endings.prints_what_is_no_text,
    endings.aborts,
    endings.is_ended_by_its_alarm,
    endings.stops,
    endings.becomes_another_program,
    endings.becomes_one_that_stays,
    files.links_its_log,
    files.links_its_log_hard,
    files.makes_its_log_a_pipe,
    files.removes_its_pipe,
    files.empties_the_folder_around,
    files.answers_for_all_around,
    endings.kills_its_zygote,
)
"""They have no outcome, for reasons of their own."""


DO_HARM_TO_NOBODY: tuple[Builder, ...] = (
    files.makes_its_phase_a_pipe,
    files.removes_its_temporary_folder,
    files.lives_in_a_folder_that_is_gone,
    files.lets_nobody_read_what_it_makes,
    process.forgets_its_environment,
    process.closes_all_descriptors,
    process.opens_no_more_files,
    process.writes_no_large_files,
    process.hears_no_signals,
    process.never_ends_at_exit,
    process.leaves_a_daemon,
    process.has_many_children,
    process.takes_the_system_away,
    process.forgets_its_modules,
    process.collects_no_garbage,
    process.outlives_its_parent,
    process.computes_in_threads,
    process.moves_to_other_cores,
    process.stands_back,
    process.has_no_more_memory,
    process.starts_no_more_processes,
    process.hears_nothing,
    process.forks_at_every_level,
    files.fills_its_temporary_folder,
    files.locks_its_temporary_folder,
    files.links_its_temporary_folder,
    files.makes_a_deep_folder,
    interpreter.watches_every_line,
    interpreter.refuses_every_event,
    interpreter.lacks_its_streams,
    interpreter.closes_its_streams,
    interpreter.takes_warnings_for_errors,
    interpreter.refuses_to_collect,
    interpreter.lacks_its_builtins,
    interpreter.lacks_its_hooks,
    interpreter.imports_nothing_more,
    interpreter.recurses_no_more,
    interpreter.replaces_the_meters,
    interpreter.replaces_what_reads,
    interpreter.seeds_what_is_random,
)
"""They are timed, or fail, as it comes."""
