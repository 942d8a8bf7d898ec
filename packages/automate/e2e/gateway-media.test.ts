import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { eventsOf, type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { picture, SAID } from './support/model-media.ts';

const SENTENCE = 'Please turn on the light in the kitchen. The quick brown fox jumps over the lazy dog.';

describe.each(databaseKinds)('pictures and sound on %s', (kind) => {
  let house: GatewayHouse;
  let wave: Uint8Array;

  async function post(path: string, body: object | FormData, signal?: AbortSignal) {
    const isForm = body instanceof FormData;
    const reply = await fetch(new URL(path, house.server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${house.server.token}`, ...(!isForm && { 'content-type': 'application/json' }) },
      body: isForm ? body : JSON.stringify(body),
      ...(signal && { signal }),
    });
    const bytes = new Uint8Array(await reply.arrayBuffer());
    const type = reply.headers.get('content-type') ?? '';
    const text = Buffer.from(bytes).toString('utf8');
    const value = type.startsWith('application/json') ? JSON.parse(text) : undefined;
    return { status: reply.status, type, bytes, text, value, headers: reply.headers };
  }
  const formOf = (values: Record<string, string | Uint8Array>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(values))
      form.append(
        name,
        typeof value === 'string' ? value : new Blob([value as Uint8Array<ArrayBuffer>]),
        ...((typeof value === 'string' ? [] : ['a.wav']) as []),
      );
    return form;
  };
  const write = (values: Record<string, string | Uint8Array>) =>
    post('/v1/audio/transcriptions', formOf({ file: wave, ...values }));
  const cost = async (model: string, count = 1) => (await house.calls(model, count))[0]?.cost_nanos;

  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    const { server } = house;
    for (const slug of ['flite', 'pocketsphinx', 'tesseract', 'demo'])
      await server.call('POST', '/api/v1/providers/', { slug, kind: slug });
    for (const [model, price] of [
      ['dall-e', { image: '0.04' }],
      ['gpt-image-9', { input: '5', output: '40' }],
      ['whisper', { second: '0.0001' }],
      ['tokens-stt', { input: '2.5', output: '10' }],
      ['tts', { input: '0.6', output: '12' }],
      ['tts-flat', { request: '0.01' }],
    ] as const)
      await server.call('POST', '/api/v1/gateway/prices/', { model, ...price });
    await house.provider('vendor');
    const spoken = await post('/v1/audio/speech', {
      model: 'flite/flite',
      input: SENTENCE,
      voice: 'alloy',
      response_format: 'wav',
    });
    expect([spoken.status, spoken.type]).toEqual([200, 'audio/wav']);
    wave = spoken.bytes;
  });
  afterAll(() => house?.close());

  describe('by programs of this machine', () => {
    it.each([
      [undefined, /^(ID3|\xff[\xe0-\xff])/, 'audio/mpeg'],
      ['opus', /^OggS/, 'audio/ogg'],
      ['flac', /^fLaC/, 'audio/flac'],
      ['aac', /^\xff\xf1/, 'audio/aac'],
      ['pcm', /^/, 'audio/pcm'],
    ])('speak as %s', async (format, begin, type) => {
      const asked = { model: 'flite/flite', input: 'Hello.', voice: 'onyx', response_format: format };
      const { status, bytes, ...reply } = await post('/v1/audio/speech', asked);
      expect([status, reply.type]).toEqual([200, type]);
      expect(Buffer.from(bytes).toString('latin1', 0, 4)).toMatch(begin);
      expect(reply.headers.get('x-automate-cost-usd')).toBe('0.000000000');
    });

    it('speak as events', async () => {
      const { text } = await post('/v1/audio/speech', {
        model: 'flite/flite',
        input: 'Hello.',
        stream_format: 'sse',
        response_format: 'wav',
      });
      const events = eventsOf(text) as { type: string; audio?: string }[];
      expect(events.at(-1)?.type).toBe('speech.audio.done');
      expect(Buffer.from(events[0]?.audio ?? '', 'base64').toString('latin1', 0, 4)).toBe('RIFF');
    });

    it('hear what they have said, in every format', async () => {
      const model = 'pocketsphinx/pocketsphinx-en-us';
      const verbose = await write({ model, response_format: 'verbose_json', 'timestamp_granularities[]': 'word' });
      expect(verbose.value).toMatchObject({ task: 'transcribe', language: 'en', usage: { type: 'duration' } });
      const heard = new Set(verbose.value.text.split(' '));
      const words = SENTENCE.toLowerCase().match(/[a-z]+/g) ?? [];
      expect(words.filter((word) => heard.has(word)).length / words.length).toBeGreaterThan(0.8);
      expect(verbose.value.words.length).toBeGreaterThan(10);
      expect(verbose.value.segments[0]).toMatchObject({ id: 0, start: expect.any(Number), end: expect.any(Number) });
      const short = { model: 'flite/flite', input: 'Turn on the light.', response_format: 'wav' };
      const { bytes: file } = await post('/v1/audio/speech', short);
      const { text } = (await write({ model, file })).value;
      expect(text).toContain('turn on');
      expect((await write({ model, file, response_format: 'text' })).text).toBe(`${text}\n`);
      expect((await write({ model, file, response_format: 'srt' })).text).toMatch(
        /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n[a-z]/,
      );
      const vtt = await write({ model, file, response_format: 'vtt' });
      expect([vtt.type, vtt.text]).toEqual([
        'text/vtt; charset=utf-8',
        expect.stringMatching(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /),
      ]);
      const events = eventsOf((await write({ model, file, stream: 'true' })).text) as {
        type: string;
        delta?: string;
        text?: string;
      }[];
      expect(events.map(({ delta = '' }) => delta).join('')).toBe(text);
      expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text });
    });

    it('draw, and keep what is asked for by address', async () => {
      const asked = { model: 'demo/demo', prompt: 'A lighthouse', n: 2, size: '256x128' };
      const { value } = await post('/v1/images/generations', asked);
      const bytes = value.data.map((each: { b64_json: string }) => Buffer.from(each.b64_json, 'base64'));
      expect(bytes.map((each: Buffer) => [each.toString('latin1', 1, 4), each.readUInt32BE(16)])).toEqual([
        ['PNG', 256],
        ['PNG', 256],
      ]);
      const linked = await post('/v1/images/generations', { ...asked, response_format: 'url' });
      const [first] = linked.value.data;
      expect(first.b64_json).toBeUndefined();
      const { pathname, search } = new URL(first.url);
      const fetched = await fetch(new URL(pathname + search, house.server.url));
      expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(Buffer.from(await fetched.arrayBuffer())).toEqual(bytes[0]);
      const kept = await house.server.call<{ results: object[] }>('GET', '/api/v1/artifacts/?origin_kind=call');
      expect(kept.body.results).toHaveLength(2);
    });
  });

  describe('by a vendor that speaks as OpenAI does', () => {
    it('sound comes as it is sent, and what cannot be counted has no price', async () => {
      const { status, type, text, headers } = await post('/v1/audio/speech', {
        model: 'vendor/tts',
        input: 'Hello',
        voice: 'alloy',
        made_up: 1,
      });
      expect([status, type, text.slice(0, 9)]).toEqual([200, 'audio/mpeg', 'ID3\u0004Hello']);
      expect(headers.get('x-automate-call')).toBeTruthy();
      expect(house.vendor.requests.at(-1)?.body).toEqual({ model: 'tts', input: 'Hello', voice: 'alloy', made_up: 1 });
      expect(await cost('vendor/tts')).toBeNull();
      await post('/v1/audio/speech', { model: 'vendor/tts-flat', input: 'Hello' });
      expect(await cost('vendor/tts-flat')).toBe(10_000_000);
      const [call] = await house.calls('vendor/tts');
      expect(call).toMatchObject({ status: 'succeeded', provider: 'vendor', first_byte_ms: expect.any(Number) });
      expect(call?.trace_id).toBeTruthy();
    });

    it('sound that breaks off breaks off for the client too', async () => {
      await expect(post('/v1/audio/speech', { model: 'vendor/broken-tts', input: 'Hello' })).rejects.toThrow();
      expect((await house.calls('vendor/broken-tts'))[0]).toMatchObject({ status: 'failed' });
      const page = await post('/v1/audio/speech', { model: 'vendor/html-tts', input: 'Hello' });
      expect([page.status, page.value.error.code]).toEqual([502, 'provider_malformed']);
    });

    it('a client that goes away ends it there', async () => {
      const stop = new AbortController();
      const gone = post('/v1/audio/speech', { model: 'vendor/slow-tts', input: 'Hello' }, stop.signal);
      setTimeout(() => stop.abort(), 300);
      await expect(gone).rejects.toThrow();
      await house.vendor.abortedAt('slow-tts');
      expect((await house.calls('vendor/slow-tts'))[0]).toMatchObject({ status: 'cancelled' });
    });

    it('transcripts come as they are, and are paid by the second or by the token', async () => {
      for (const format of ['json', 'text', 'srt', 'vtt', 'verbose_json']) {
        const reply = await write({ model: 'vendor/whisper', response_format: format, language: 'en' });
        expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(SAID)]);
      }
      expect(house.vendor.requests.at(-1)?.body).toMatchObject({ model: 'whisper', language: 'en', file: wave.length });
      expect(await cost('vendor/whisper', 5)).toBe(200_000);
      await write({ model: 'vendor/tokens-stt' });
      expect(await cost('vendor/tokens-stt')).toBe(14 * 2_500 + 6 * 10_000);
      const streamed = eventsOf((await write({ model: 'vendor/tokens-live', stream: 'true' })).text) as { delta?: string }[];
      expect(streamed.map(({ delta = '' }) => delta).join('')).toBe(SAID);
      expect((await house.calls('vendor/tokens-live'))[0]).toMatchObject({
        status: 'succeeded',
        input_tokens: 14,
        output_tokens: 6,
      });
      const whole = eventsOf((await write({ model: 'vendor/whisper', stream: 'true' })).text) as { type: string }[];
      expect(whole.at(-1)).toMatchObject({ type: 'transcript.text.done', text: SAID });
      const broken = await write({ model: 'vendor/broken-stt', stream: 'true' });
      expect(broken.text).toContain('"type":"error"');
      expect(broken.text).not.toContain('transcript.text.done');
      expect((await house.calls('vendor/broken-stt'))[0]).toMatchObject({ status: 'failed' });
    });

    it('pictures are paid by the piece or by the token', async () => {
      const asked = { model: 'vendor/dall-e', prompt: 'A cat', n: 2, response_format: 'b64_json' };
      const { value } = await post('/v1/images/generations', asked);
      expect(value.data).toHaveLength(2);
      expect(await cost('vendor/dall-e')).toBe(80_000_000);
      const tokens = await post('/v1/images/generations', {
        model: 'vendor/gpt-image-9',
        prompt: 'A cat',
        response_format: 'url',
      });
      expect(tokens.value.data[0].url).toContain('/api/modal/artifacts/');
      expect(await cost('vendor/gpt-image-9')).toBe(12 * 5_000 + 272 * 40_000);
      expect(tokens.headers.get('x-automate-cost-usd')).toBe('0.010940000');
      await post('/v1/images/generations', { model: 'vendor/unpriced', prompt: 'A cat' });
      expect(await cost('vendor/unpriced')).toBeNull();
      const edited = await post(
        '/v1/images/edits',
        formOf({ model: 'vendor/dall-e', prompt: 'A dog', 'image[]': picture, response_format: 'url' }),
      );
      expect([edited.status, edited.value.data[0].url]).toEqual([200, expect.stringContaining('/api/modal/artifacts/')]);
    });

    it('budgets hold, and another target is asked', async () => {
      const { server } = house;
      const id = await house.endpoint('drawn', 'dall-e', { tasks: ['image.text2img'] });
      await server.call('POST', '/api/v1/gateway/budgets/', {
        name: 'two',
        scope: 'endpoint',
        subject_id: id,
        period: 'total',
        metric: 'usd',
        amount: '0.10',
      });
      const draw = () => post('/v1/images/generations', { model: 'drawn', prompt: 'A cat' });
      expect((await Promise.all([draw(), draw(), draw(), draw()])).map(({ status }) => status).sort()).toEqual([
        200, 200, 402, 402,
      ]);
      const targets = [
        { provider: 'vendor', model: 'fault-server-error-77' },
        { provider: 'flite', model: 'flite', priority: 1 },
      ];
      await house.endpoint('said', '', { tasks: ['audio.tts'], targets, attempts: { retries: 0 } });
      const { status, headers } = await post('/v1/audio/speech', { model: 'said', input: 'Hello.' });
      expect([status, headers.get('x-automate-provider')]).toEqual([200, 'flite']);
      expect((await house.calls('said'))[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok']);
    });

    it('guardrails see what goes out and what comes back', async () => {
      const guardrails = [{ type: 'blocked_terms', on: 'both', action: 'block', terms: ['kitchen', 'recording'] }];
      await house.endpoint('guarded', 'tts', { tasks: ['audio.tts', 'audio.stt', 'image.text2img'], guardrails });
      const spoken = await post('/v1/audio/speech', { model: 'guarded', input: SENTENCE });
      const drawn = await post('/v1/images/generations', { model: 'guarded', prompt: SENTENCE });
      const heard = await write({ model: 'guarded' });
      expect([spoken, drawn, heard].map(({ status, value }) => [status, value.error.code])).toEqual(
        Array(3).fill([spoken.status, 'guardrail_blocked']),
      );
    });
  });

  describe('what is wrong', () => {
    const before = () => house.vendor.requests.length;

    it.each([
      ['/v1/audio/speech', { model: 'vendor/tts', input: '' }, 'input'],
      ['/v1/audio/speech', { model: 'vendor/tts', input: '   ' }, 'input'],
      ['/v1/audio/speech', { model: 'vendor/tts', input: 'x'.repeat(40_001) }, 'input'],
      ['/v1/audio/speech', { model: 'flite/flite', input: 'a', voice: 'http://example.com/x.flitevox' }, 'voice'],
      ['/v1/audio/speech', { model: 'vendor/tts', input: 'a', response_format: 'exe' }, 'response_format'],
      ['/v1/audio/speech', { model: 'vendor/tts', input: 'a', speed: 9 }, 'speed'],
      ['/v1/images/generations', { model: 'vendor/dall-e', prompt: '' }, 'prompt'],
      ['/v1/images/generations', { model: 'vendor/dall-e', prompt: 'a', n: 11 }, 'n'],
      ['/v1/images/generations', { model: 'vendor/dall-e', prompt: 'a', size: 'large' }, 'size'],
      ['/v1/images/generations', { model: 'demo/demo', prompt: 'a', size: '9000x9000' }, 'size'],
      ['/v1/images/generations', { model: 'vendor/dall-e', prompt: 'a', stream: true }, 'stream'],
    ])('is named and costs nothing (%#)', async (path, body, param) => {
      const count = before();
      const { status, value } = await post(path, body);
      expect([status, value.error.type, value.error.param]).toEqual([400, 'invalid_request_error', param]);
      expect(house.vendor.requests).toHaveLength(count);
    });

    it('is named in forms', async () => {
      const count = before();
      const model = 'vendor/whisper';
      const params: unknown[] = [];
      for (const values of [
        { model, file: Buffer.from('no sound at all') },
        { model, file: Buffer.alloc(0) },
        { model, file: 'text' },
        { model, response_format: 'xml' },
        { model, language: '???' },
        { model, temperature: '7' },
        { file: wave },
        { model: 'pocketsphinx/pocketsphinx-en-us', response_format: 'diarized_json' },
      ]) {
        const { status, value } = await write(values as Record<string, string>);
        params.push([status, value.error.param]);
      }
      const named = ['file', 'file', 'file', 'response_format', 'language', 'temperature', 'model', 'response_format'];
      expect(params).toEqual(named.map((name) => [400, name]));
      const large = await write({ model, file: Buffer.concat([wave, Buffer.alloc(26 * 1_048_576)]) });
      expect([large.status, large.value.error.type]).toEqual([413, 'invalid_request_error']);
      for (const [name, values] of [
        ['image', { model: 'vendor/dall-e', prompt: 'a', image: wave }],
        ['image', { model: 'vendor/dall-e', prompt: 'a' }],
        ['prompt', { model: 'vendor/dall-e', image: picture }],
        ['mask', { model: 'vendor/dall-e', prompt: 'a', image: picture, mask: wave }],
      ] as const) {
        const { status, value } = await post('/v1/images/edits', formOf(values as Record<string, string | Uint8Array>));
        expect([status, value.error.param]).toEqual([400, name]);
      }
      expect(house.vendor.requests).toHaveLength(count);
    });

    it('says who could, where nobody can', async () => {
      const who = async (path: string, body: object) => {
        const { status, value } = await post(path, body);
        return [status, value.error.code, value.error.message];
      };
      expect(await who('/v1/audio/speech', { model: 'demo/demo', input: 'a' })).toEqual([
        409,
        'no_provider',
        expect.stringMatching(/"demo" \(demo\) cannot do audio\.tts\. Kinds that can: openai, .*flite/),
      ]);
      expect(await who('/v1/images/generations', { model: 'flite/flite', prompt: 'a' })).toEqual([
        409,
        'no_provider',
        expect.stringContaining('demo'),
      ]);
      expect((await write({ model: 'tesseract/tesseract-eng' })).value.error.message).toContain('pocketsphinx');
      await house.endpoint('only-chat', 'good');
      expect(await who('/v1/audio/speech', { model: 'only-chat', input: 'a' })).toEqual([
        400,
        'task_not_allowed',
        expect.any(String),
      ]);
      expect(await who('/v1/audio/speech', { model: 'nothing', input: 'a' })).toEqual([
        404,
        'model_not_found',
        expect.any(String),
      ]);
    });

    it('is told by the vendor', async () => {
      const { status, value } = await post('/v1/audio/speech', { model: 'vendor/tts', input: 'a', voice: 'nobody' });
      expect([status, value.error.code, value.error.message]).toEqual([
        400,
        'provider_refused',
        expect.stringContaining('voice'),
      ]);
    });
  });
});
