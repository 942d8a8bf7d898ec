import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFastifyServer } from '../index.ts';
import { as, createTestApi, workflowRouter } from '../test-support.ts';

describe('a client that sends slowly', () => {
  const { api } = createTestApi(workflowRouter());
  const server = createFastifyServer(api, { requestSeconds: 1 });
  let port: number;
  beforeAll(async () => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    port = (server.server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const head = `POST /api/v1/workflows/ HTTP/1.1\r\nhost: x\r\nauthorization: ${as('alice').authorization}\r\n`;
  const body = `${head}content-type: application/json\r\ncontent-length: 10000\r\n\r\n{`;
  // Well under the half minute that Node takes by itself to look at the clock, and far more than it takes here.
  const cases: readonly (readonly [name: string, first: string, more: string | undefined])[] = [
    ['nothing', '', undefined],
    ['a part of the first line', 'GET /api', undefined],
    ['headers without an end', head, 'x-more: 1\r\n'],
    ['a body without an end', body, ' '],
    ['a piece without an end', `${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  ];
  it.concurrent.each(cases)('is let go with %s', { timeout: 25_000 }, async (_, first, more) => {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise<string>((resolve) => {
      let said = '';
      socket.on('data', (data: Buffer) => {
        said += data.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(said));
    });
    socket.write(first);
    // Byte for byte, so that it never looks idle.
    const dripping = setInterval(() => more !== undefined && socket.writable && socket.write(more), 200);
    const said = await closed;
    clearInterval(dripping);
    expect(said).toMatch(/^(|HTTP\/1\.1 408 )/);
  });

  it('does not keep the server from closing, nor does a connection that was opened in advance', async () => {
    const own = createFastifyServer(api, { requestSeconds: 1 });
    await own.listen({ port: 0, host: '127.0.0.1' });
    const accepted = new Set<unknown>();
    own.server.on('connection', (socket) => accepted.add(socket));
    const sockets = cases.map(([, first, more]) => {
      const socket = connect((own.server.address() as AddressInfo).port, '127.0.0.1');
      const dripping = setInterval(() => more !== undefined && socket.writable && socket.write(more), 200);
      socket.on('error', () => undefined).on('close', () => clearInterval(dripping));
      socket.write(first);
      return socket;
    });
    await vi.waitFor(() => expect(accepted.size).toBe(cases.length), 10_000);
    await own.close();
    await vi.waitFor(() => expect(sockets.every(({ closed }) => closed)).toBe(true), 10_000);
  });
});
