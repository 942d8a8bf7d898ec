import type { Json } from '../../../kernel/index.ts';
import type { OutboundResponse } from '../../../outbound/index.ts';
import { type LargeNumbers, readBody } from './reply-body.ts';
import type { HttpReply } from './step-http.ts';

/** A reply whose body is read when somebody asks for it. */
export function toReply({ status, headers, url, body }: OutboundResponse, largeNumbers: LargeNumbers = 'refuse'): HttpReply {
  let read: Json | undefined;
  return {
    status,
    headers,
    url,
    bytes: body,
    get body() {
      read ??= readBody({ body, headers }, largeNumbers);
      return read;
    },
  };
}
