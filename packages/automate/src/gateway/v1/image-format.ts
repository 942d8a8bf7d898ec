/** Models that answer in base64, and refuse to be asked for it. */
const ALWAYS_BYTES = /^(?:chatgpt|gpt)-image/;

/** A request whose pictures come as bytes where it wants addresses: those of the provider do not last, and may ask for its key. */
export function asBytes<Body extends { readonly model: string; readonly response_format?: unknown }>(body: Body): object {
  const { response_format: format, ...rest } = body;
  if (ALWAYS_BYTES.test(body.model) || format === undefined || format === null) return rest;
  return { ...rest, response_format: 'b64_json' };
}
