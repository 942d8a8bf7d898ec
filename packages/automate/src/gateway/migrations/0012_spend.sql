-- What calls cost over time is read from the index alone: the rows are wide, and a month may have a million.
create index calls_spend on gateway.calls (tenant_id, created_at)
  include (endpoint, provider, provider_model, api_key_id, prompt_id, cost_nanos, status, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens);
