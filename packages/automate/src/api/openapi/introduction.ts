/** What is true of every route, for who opens the documentation first. It leads to nothing outside. */
export const introduction = `HTTP and JSON, under one set of rules. This document is made from the schemas that check every request and shape every reply.

## Authentication

Send an API key as \`Authorization: Bearer <key>\`, or as \`X-API-Key: <key>\`. A key has scopes, such as \`workflows:read\`; what it may not do is
refused with 403. In a browser that is signed in, the session is enough: a change is taken from pages of this site only, which a browser says by itself
(\`Sec-Fetch-Site\`, \`Origin\`), so no token has to be sent along.

To try an operation on this page, enter a key under **Authentication**, or sign in first and leave the fields empty. A key stays in this page's memory and is gone when you leave.

## Errors

Every error is a problem (RFC 9457, \`application/problem+json\`): \`status\`, \`title\`, \`detail\`, a stable \`code\` to switch on, and the \`trace_id\` to
look it up by. Input that is not valid lists each mistake in \`errors\`, with a JSON Pointer to it.

\`\`\`json
{
  "type": "/api/problems/invalid_input",
  "title": "Invalid input",
  "status": 400,
  "code": "invalid_input",
  "detail": "/event_type: is required",
  "trace_id": "384683f5639f448eb3531c817f8e4696",
  "errors": [{ "pointer": "/event_type", "code": "required", "message": "is required" }]
}
\`\`\`

## Lists

A list comes in pages: \`results\`, and \`next\` and \`previous\`, which are links to the neighbours or null. \`?limit=\` is the size of a page, \`?ordering=\` its order,
\`?count=true\` adds how many there are. \`?fields=id,name\` sends those fields only, \`?expand=\` relations with them. A parameter that is not known is refused, not ignored.

## Repeating a request

A POST with an \`Idempotency-Key\` of your choice is done once: sent again within 24 hours, it gets the first reply. The same key with another body is a 422.
To change only what nobody changed meanwhile, send the \`ETag\` you saw as \`If-Match\`; who comes too late gets 412.

## Limits

A body is at most 1 MiB unless the operation says otherwise. Where requests are counted, \`RateLimit\` and \`RateLimit-Policy\` tell what is left; too many get 429
with \`Retry-After\`.

## Traces

Each reply has an \`X-Trace-Id\`. Send your own, as \`X-Trace-Id\` or W3C \`traceparent\`, to tie requests to what caused them.
`;
