import { z } from 'zod';
import { openCall } from '../../calls/open-call.ts';
import { gatewayErrors } from '../../errors.ts';
import { noUsage } from '../../usage/usage.ts';
import { defineTask } from '../task-type.ts';

/** Milliseconds. */
const LONGEST = 600_000;
const MOST_BYTES = 1_073_741_824;

/** Fetches a file of sound or video, for what is done with it next. */
export const downloadTask = defineTask({
  task: 'video.download',
  summary: 'Fetches a video',
  input: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(4_000)
      .describe('Of the file itself, not of a page that shows it'),
  }),
  params: z.strictObject({
    max_bytes: z
      .int()
      .min(1)
      .max(MOST_BYTES)
      .default(512 * 1_048_576),
  }),
  async run(context, { input: { url }, params: { max_bytes: maxBytes } }) {
    const { services, caller, endpoint, signal, watch } = context;
    const facts = { caller, task: 'video.download' as const, model: endpoint.slug, protocol: 'internal', isStreamed: false };
    const call = await openCall(services.calls, { ...facts, request: { url } }, { inputTokens: 0, outputTokens: 0 });
    try {
      await watch.progress?.({ stage: 'download' });
      const options = { url, timeoutMs: LONGEST, maxBytes, tenantId: caller.tenantId, signal };
      const { status, headers, body } = await services.outbound.stream(options);
      if (status < 200 || status > 299) {
        body.destroy();
        throw gatewayErrors.provider_refused(`${new URL(url).host} answered ${status}.`);
      }
      const contentType = one(headers['content-type'])?.split(';')[0];
      if (contentType?.startsWith('text/')) {
        body.destroy();
        throw gatewayErrors.provider_refused(`${new URL(url).host} answered with ${contentType}, which is no video.`);
      }
      const length = Number(one(headers['content-length']));
      const file = { name: nameIn(url), contentType, source: body, callId: call.id };
      const isKnown = headers['content-encoding'] === undefined && Number.isSafeInteger(length) && length > 0;
      const kept = await context.keep({ ...file, ...(isKnown && { expectedBytes: length }) });
      call.succeed({ artifact_id: kept.id, bytes: kept.bytes });
      const outputs = { artifact_id: kept.id, content_type: kept.content_type, bytes: Number(kept.bytes) };
      return { outputs, usage: noUsage, costNanos: 0, callIds: [call.id] };
    } catch (error) {
      call.fail(error);
      throw error;
    }
  },
});

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The last part of the path, which may hold a `%` that stands for nothing. */
function nameIn(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) || 'video';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
