-- What was done under a trace.
create index audit_entries_trace on automate.audit_entries (tenant_id, trace_id, seq);
