import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { parts } from './price-form.tsx';
import { type Listed, rateText, rateTitle } from './rates.ts';
import { Versions } from './versions.tsx';
import { words } from './words.ts';

interface PanelProps {
  readonly price: Listed;
  readonly onSet: ((model: string, book: string) => void) | undefined;
  onClose(): void;
}

/** What one model costs, where that is from, and the prices that you have set for it. */
export function PricePanel({ price, onSet, onClose }: PanelProps) {
  const text = useTextOf(words);
  const { model, book, source, version, rates } = price;
  const { data } = useQuery({
    queryKey: ['prices', 'of', book, model],
    queryFn: ({ signal }) =>
      api.modelPrices.list({ model, book_in: [book ?? '', ''], ordering: '-valid_from', limit: 50 }, { signal }),
  });
  return (
    <SidePanel title={model} note={book} onClose={onClose}>
      <Facts
        facts={[
          [text.source, source === 'seed' ? `${text.sources.seed} (${version})` : text.sources[source]],
          ...parts.map(
            (part) =>
              rates?.[part] != null &&
              ([
                text.parts[part],
                <span key={part} title={rateTitle(rates[part])}>
                  {rateText(rates[part])} <span className="soft small">{text.units[part]}</span>
                </span>,
              ] as const),
          ),
        ]}
      />
      <p className="fold-in row wrap">
        {onSet && (
          <button type="button" className="btn small" onClick={() => onSet(model, book ?? '')}>
            <Icon name="edit" />
            {text.override}
          </button>
        )}
        <PlaceLink path="calls" className="btn small" search={{ provider_model: model }}>
          <Icon name="rows" />
          {text.itsCalls}
        </PlaceLink>
      </p>
      {data && data.results.length > 0 && (
        <div className="fold-in">
          <h3>{text.versions}</h3>
          <Versions prices={data.results} mayRemove={onSet !== undefined} />
        </div>
      )}
    </SidePanel>
  );
}
