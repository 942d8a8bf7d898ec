import { translated, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';

const words = translated(
  { shares: (parts: string) => `shared: ${parts}`, leads: (name: string, version: number) => `${name} leads to v${version}` },
  { shares: (parts: string) => `diviso: ${parts}`, leads: (name: string, version: number) => `${name} porta alla v${version}` },
);

const TONES: Readonly<Record<string, string>> = { production: 'good', approved: 'info', draft: '' };

interface LabelProps {
  readonly name: string;
  readonly variants: readonly { readonly version: number; readonly weight: number }[];
}

/** A label and where it leads; one that several versions share says how much each has. */
export function LabelBadge({ name, variants }: LabelProps) {
  const text = useTextOf(words);
  const isShared = variants.length > 1;
  const said = isShared ? text.shares(sharesOf(variants)) : text.leads(name, variants[0]?.version ?? 0);
  return (
    <span className={`badge ${TONES[name] ?? 'accent'}`} title={said}>
      {isShared && <Icon name="branch" />}
      {name} {isShared ? `A/B ${sharesOf(variants)}` : `v${variants[0]?.version ?? '–'}`}
    </span>
  );
}

/** As in `v3 90 %, v4 10 %`. */
export function sharesOf(variants: LabelProps['variants']): string {
  const all = variants.reduce((sum, { weight }) => sum + weight, 0);
  return variants.map(({ version, weight }) => `v${version} ${Math.round((weight / all) * 100)} %`).join(', ');
}
