-- What came of the last test of a provider: when, whether it went well, and why not.
alter table gateway.providers add column last_test jsonb;
