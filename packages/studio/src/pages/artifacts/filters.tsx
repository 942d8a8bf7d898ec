import { periodNames } from '../../data/periods.ts';
import { changed } from '../../data/search.ts';
import { useTextOf } from '../../text/text.tsx';
import { SelectFilter } from '../../ui/filters.tsx';
import { kindNames } from './kinds.ts';
import { type ArtifactsSearch, sizeNames } from './search.ts';
import { words } from './words.ts';

export function Filters({ search, onChange }: { search: ArtifactsSearch; onChange(search: ArtifactsSearch): void }) {
  const text = useTextOf(words);
  const { kind, size, within, used } = search;
  return (
    <>
      <SelectFilter
        label={text.anyKind}
        value={kind}
        options={kindNames.map((each) => [each, text.kinds[each]] as const)}
        onChange={(next) => onChange(changed(search, { kind: next }))}
      />
      <SelectFilter
        label={text.anySize}
        value={size}
        options={sizeNames.map((each) => [each, text.sizes[each]] as const)}
        onChange={(next) => onChange(changed(search, { size: next }))}
      />
      <SelectFilter
        label={text.anyAge}
        value={within}
        options={periodNames.map((each) => [each, text.ages[each]] as const)}
        onChange={(next) => onChange(changed(search, { within: next }))}
      />
      <SelectFilter
        label={text.anyUse}
        value={used}
        options={(['yes', 'no'] as const).map((each) => [each, text.uses[each]] as const)}
        onChange={(next) => onChange(changed(search, { used: next }))}
      />
    </>
  );
}
