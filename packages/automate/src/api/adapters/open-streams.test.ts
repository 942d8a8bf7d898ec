import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createOpenStreams } from './open-streams.ts';

it('lets streams say their last word, and drops those whose readers take nothing', async () => {
  const streams = createOpenStreams();
  const read = new PassThrough();
  streams.hold(read).signal.addEventListener('abort', () => read.end('the last word'));
  const unread = new PassThrough();
  streams.hold(unread);
  const text = read.toArray();
  await streams.close();
  expect(Buffer.concat(await text).toString()).toBe('the last word');
  expect([read.destroyed, unread.destroyed, unread.writableFinished]).toEqual([true, true, false]);
});

it('ends at once what comes when it is closed, and forgets what has closed', async () => {
  const streams = createOpenStreams();
  const gone = new PassThrough();
  const { signal } = streams.hold(gone);
  gone.destroy();
  await streams.close();
  expect(signal.aborted).toBe(true);
  expect(streams.hold(new PassThrough()).signal.aborted).toBe(true);
});

it('does not wait for who had gone before it was held', async () => {
  const streams = createOpenStreams();
  const gone = new PassThrough();
  gone.destroy();
  await new Promise((resolve) => gone.once('close', resolve));
  expect(streams.hold(gone).signal.aborted).toBe(true);
  await streams.close();
});
