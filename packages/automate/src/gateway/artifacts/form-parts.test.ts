import { describe, expect, it } from 'vitest';
import { filesOf } from './form-parts.ts';

const TYPE = 'multipart/form-data; boundary="b-1"';

async function* pieces(body: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function read(body: Buffer, size: number) {
  const files: { name: string | undefined; contentType: string | undefined; content: string }[] = [];
  for await (const { source, ...file } of filesOf(pieces(body, size), TYPE)) {
    const content: Uint8Array[] = [];
    for await (const piece of source) content.push(piece);
    files.push({ ...file, content: Buffer.concat(content).toString('latin1') });
  }
  return files;
}

describe('files of a form', () => {
  const body = Buffer.from(
    [
      'a preamble',
      '--b-1',
      'Content-Disposition: form-data; name="one"; filename="a \\"b\\".txt"',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'first\r\n--b-\r\n--b\r\n',
      '--b-1  ',
      "content-disposition: form-data; name=two; filename*=UTF-8''%e2%82%ac.bin; filename=x",
      '',
      '',
      '--b-1',
      'content-disposition: form-data; name="three"; filename=""',
      '',
      '\r\n\r\n',
      '--b-1--',
      'an epilogue',
    ].join('\r\n'),
  );

  it.each([1, 2, 3, 7, 64, 100_000])('are the same however they are cut: %i bytes at a time', async (size) => {
    expect(await read(body, size)).toEqual([
      { name: 'a "b".txt', contentType: 'text/plain; charset=utf-8', content: 'first\r\n--b-\r\n--b\r\n' },
      { name: '€.bin', contentType: undefined, content: '' },
      { name: undefined, contentType: undefined, content: '\r\n\r\n' },
    ]);
  });

  it('are skipped where nobody reads them', async () => {
    const names: unknown[] = [];
    for await (const { name } of filesOf(pieces(body, 5), TYPE)) names.push(name);
    expect(names).toEqual(['a "b".txt', '€.bin', undefined]);
  });

  it.each([1, 50, 150, 300])('end with the form, not %i bytes before', async (short) => {
    await expect(read(body.subarray(0, body.length - 13 - short), 16)).rejects.toMatchObject({ code: 'bad_request' });
  });
});
