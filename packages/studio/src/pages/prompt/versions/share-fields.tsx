import type { PromptVersion } from 'automate-client';
import { useTextOf } from '../../../text/text.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { words } from './words.ts';

/** A version and its weight, as it is typed. */
export interface Share {
  readonly version: number;
  readonly weight: string;
}

/** As many as the API takes. */
const MOST = 10;

interface ShareFieldsProps {
  readonly shares: readonly Share[];
  readonly versions: readonly PromptVersion[];
  onChange(shares: readonly Share[]): void;
}

/** The version that a label leads to, or those that share its calls. */
export function ShareFields({ shares, versions, onChange }: ShareFieldsProps) {
  const text = useTextOf(words);
  const isShared = shares.length > 1;
  const set = (index: number, part: Partial<Share>) =>
    onChange(shares.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const free = versions.find((one) => !shares.some((share) => share.version === one.version));
  return (
    <>
      {shares.map((share, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a share has no other name
        <div key={index} className="pr-share">
          <SelectField
            label={isShared ? text.variant(index + 1) : text.version}
            value={String(share.version)}
            options={versions.map(({ version, message }) => [
              String(version),
              message ? `v${version} · ${message.slice(0, 50)}` : `v${version}`,
            ])}
            onChange={(next) => set(index, { version: Number(next) })}
          />
          {isShared && (
            <>
              <TextField
                label={text.weight(index + 1)}
                type="number"
                min={1}
                isRequired
                value={share.weight}
                onChange={(weight) => set(index, { weight })}
              />
              <button
                type="button"
                className="btn icon-only plain small"
                aria-label={text.removeVariant(index + 1)}
                title={text.removeVariant(index + 1)}
                onClick={() => onChange(shares.filter((_, at) => at !== index))}
              >
                <Icon name="x" />
              </button>
            </>
          )}
        </div>
      ))}
      {free && shares.length < MOST && (
        <p>
          <button
            type="button"
            className="btn small"
            onClick={() => onChange([...shares, { version: free.version, weight: '50' }])}
          >
            <Icon name="branch" />
            {text.share}
          </button>
        </p>
      )}
    </>
  );
}
