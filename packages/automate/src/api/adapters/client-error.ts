import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { commonErrors, newTraceId } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { PROBLEM_CONTENT_TYPE, toProblemReply } from '../http/problem.ts';

/** Answers what Node could not even parse as a request, on the bare socket, with a problem like any other. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const traceId = newTraceId();
  const { status, body } = toProblemReply(refusalOf(error.code), traceId);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-trace-id: ${traceId}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that keeps on sending must not hold the socket.
  setTimeout(() => socket.destroy(), LINGER_MILLISECONDS).unref();
}

const LINGER_MILLISECONDS = 1_000;

function refusalOf(code: string | undefined) {
  if (code === 'HPE_HEADER_OVERFLOW') return apiErrors.headers_too_large('The headers are larger than the server takes.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return apiErrors.request_timeout('The request took too long to arrive.');
  return commonErrors.bad_request('The request is not valid HTTP.');
}
