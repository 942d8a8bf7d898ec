import { createHash } from 'node:crypto';
import type { TestServer } from '../../src/testing/index.ts';

export interface ArtifactBody {
  readonly id: string;
  readonly name: string;
  readonly content_type: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly origin_kind: string;
  readonly trace_id: string;
  readonly expires_at: string | null;
  readonly unreferenced_since: string | null;
  /** Of a problem. */
  readonly code: string;
  readonly detail: string;
  readonly results: readonly ArtifactBody[];
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ArtifactBody;
}

type Place = Pick<TestServer, 'url' | 'token'>;
type Headers_ = Readonly<Record<string, string>>;

/** Sends a file as the body. */
export async function upload(server: Place, body: RequestInit['body'], headers: Headers_ = {}, query = ''): Promise<Sent> {
  const authorization = `Bearer ${server.token}`;
  const init = { method: 'POST', body, headers: { authorization, ...headers }, duplex: 'half' } as RequestInit;
  const response = await fetch(new URL(`/api/v1/artifacts/${query}`, server.url), init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as ArtifactBody };
}

/** Sends files as a form. */
export function uploadForm(
  server: Place,
  files: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>, type?: string])[],
): Promise<Sent> {
  const form = new FormData();
  for (const [name, body, type] of files) form.append('file', new Blob([body], type === undefined ? {} : { type }), name);
  return upload(server, form);
}

/** Fetches the bytes of an artifact, redirects included. */
export function download(server: Place, id: string, query = '', init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${server.token}`, ...(init.headers as Headers_) };
  return fetch(new URL(`/api/modal/artifacts/${id}/download/${query}`, server.url), { ...init, headers });
}

/** The link that a download leads to. */
export async function linkTo(server: Place, id: string): Promise<string> {
  const response = await download(server, id, '', { redirect: 'manual' });
  await response.arrayBuffer();
  return new URL(response.headers.get('location') ?? '', server.url).href;
}

export const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** So many bytes in pieces, made while they are read. */
export function streamOf(bytes: number, piece = 65_536): ReadableStream<Uint8Array> {
  let left = bytes;
  const filled = new Uint8Array(piece).map((_, index) => (index * 31) % 251);
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const next = filled.subarray(0, Math.min(left, piece));
      left -= next.byteLength;
      controller.enqueue(next.slice());
    },
  });
}
