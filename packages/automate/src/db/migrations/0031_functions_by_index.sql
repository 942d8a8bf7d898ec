-- A function keeps its plans as long as its session, whoever calls it and in whichever transaction: what its index finds is found by the index.
alter function automate.follow_job() set enable_seqscan = off;
alter function automate.follow_new_jobs() set enable_seqscan = off;
alter function automate.hold_session(bytea) set enable_seqscan = off;
alter function automate.is_enabled(uuid) set enable_seqscan = off;
