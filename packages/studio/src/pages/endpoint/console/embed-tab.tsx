import { useMutation } from '@tanstack/react-query';
import type { Endpoint, ModelCall } from 'automate-client';
import { useState } from 'react';
import { api } from '../../../api.ts';
import { duration } from '../../../format.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Facts } from '../../../ui/side-panel.tsx';
import { words } from '../words.ts';
import { saidBy } from './ask.ts';
import { loggedCall } from './logged.ts';
import { ParametersPane } from './parameters-pane.tsx';
import { cosine, lengthOf } from './vectors.ts';

const SHOWN = 8;
const CLOSE = 0.8;
const RELATED = 0.5;

/** What an endpoint makes of a text, and how near two texts are. */
export function EmbedTab({ endpoint }: { endpoint: Endpoint }) {
  const { embed: text } = useTextOf(words);
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [calls, setCalls] = useState<readonly ModelCall[]>([]);
  const asking = useMutation({
    async mutationFn() {
      const from = performance.now();
      const input = [first, second].filter((one) => one.trim() !== '');
      const reply = await api.openaiEmbeddings.post({ model: endpoint.slug, input, encoding_format: 'float' }).withResponse();
      const vectors = reply.data.data.map(({ embedding }) => embedding as readonly number[]);
      return { vectors, ms: performance.now() - from, callId: reply.headers.get('x-automate-call') };
    },
    async onSuccess({ callId }) {
      const call = callId ? await loggedCall(callId) : undefined;
      if (call) setCalls((all) => [...all, call]);
    },
  });
  return (
    <div className="split">
      <div className="pane d-main">
        <section className="scroll d-scroll" tabIndex={0} aria-label={text.result}>
          <form
            className="console-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (!asking.isPending) asking.mutate();
            }}
          >
            <TextField label={text.first} rows={3} isRequired value={first} onChange={setFirst} />
            <TextField label={text.second} rows={3} value={second} onChange={setSecond} />
            <p>
              <button type="submit" className="btn primary" disabled={first.trim() === ''} aria-busy={asking.isPending}>
                <Icon name={asking.isPending ? 'running' : 'play'} />
                {text.compute}
              </button>
            </p>
            {asking.error && (
              <p className="call" data-s="failed" role="alert">
                <Icon name="failed" />
                <span>{saidBy(asking.error)}</span>
              </p>
            )}
            {asking.data ? (
              <Result vectors={asking.data.vectors} ms={asking.data.ms} />
            ) : (
              !asking.error && <Empty icon="embed" title={text.empty} />
            )}
          </form>
        </section>
      </div>
      <ParametersPane task="llm.embed" model={endpoint.slug} calls={calls} />
    </div>
  );
}

function Result({ vectors, ms }: { vectors: readonly (readonly number[])[]; ms: number }) {
  const { embed: text } = useTextOf(words);
  const [left, right] = vectors;
  const similarity = left && right ? cosine(left, right) : undefined;
  return (
    <section className="stack" aria-label={text.result} role="status">
      {similarity !== undefined && (
        <p>
          <span className="soft">{text.similarity}</span> <b className="figure">{similarity.toFixed(3)}</b>{' '}
          {similarity >= CLOSE ? text.close : similarity >= RELATED ? text.related : text.far}
        </p>
      )}
      {vectors.map((vector, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
        <section key={index} className="card">
          <Facts
            facts={[
              [text.size, vector.length.toLocaleString('en')],
              [text.length, lengthOf(vector).toFixed(3)],
              [
                text.begins,
                <code key="numbers">{`${vector
                  .slice(0, SHOWN)
                  .map((one) => one.toFixed(3))
                  .join(', ')}, …`}</code>,
              ],
            ]}
          />
        </section>
      ))}
      <p className="meta">
        <span>{duration(ms)}</span>
      </p>
    </section>
  );
}
