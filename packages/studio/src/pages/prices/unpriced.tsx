import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { Ago } from '../../ui/time.tsx';
import { words } from './words.ts';

const LIVE_MS = 15_000;

/** Models that were used, and of which nobody knows what they cost: they come first, as their calls are in no sum. */
export function Unpriced({ onSet }: { onSet: ((model: string, book: string) => void) | undefined }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const maySee = useAllowed('calls:read');
  const { data } = useQuery({
    queryKey: ['unpriced-models'],
    queryFn: ({ signal }) => api.unpricedModels.get({}, { signal }),
    refetchInterval: LIVE_MS,
    enabled: maySee,
  });
  if (!data || data.results.length === 0) return null;
  return (
    <section className="unpriced" aria-label={text.unpriced}>
      <p className="call" data-s="warning">
        <Icon name="warn" />
        <span>
          <strong>{text.unpriced}</strong> {text.unpricedNote}
        </span>
      </p>
      <ul className="plain-list">
        {data.results.map(({ provider, model, book, calls, last_used_at: used }) => (
          <li key={`${provider} ${model}`}>
            <code className="cut" title={model}>
              {model}
            </code>
            <span className="soft small">{provider}</span>
            <PlaceLink path="calls" className="small" search={{ provider_model: model, ...(provider && { provider }) }}>
              {text.calls(calls.toLocaleString(language), calls)}
            </PlaceLink>
            <span className="soft small">
              <Ago time={used} />
            </span>
            {onSet && (
              <button type="button" className="btn small" aria-label={text.setOf(model)} onClick={() => onSet(model, book ?? '')}>
                {text.set}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
