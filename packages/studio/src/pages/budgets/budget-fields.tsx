import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type Metric, metrics, type Period, periods, type Scope, scopes } from './search.ts';
import { words } from './words.ts';

/** What is typed of a budget. */
export interface Draft {
  readonly name: string;
  readonly amount: string;
  readonly thresholds: string;
  readonly is_hard: boolean;
  readonly allow_unpriced: boolean;
  readonly is_enabled: boolean;
}
export interface NewDraft extends Draft {
  readonly scope: Scope;
  readonly subject: string;
  readonly period: Period;
  readonly metric: Metric;
}

export const emptyDraft: NewDraft = {
  name: '',
  amount: '',
  thresholds: '50, 80, 100',
  is_hard: true,
  allow_unpriced: false,
  is_enabled: true,
  scope: 'tenant',
  subject: '',
  period: 'month',
  metric: 'usd',
};

/** As the API takes it. What is no number is sent as none, and refused where it stands. */
export function sentOf({ name, amount, thresholds, is_hard, allow_unpriced, is_enabled }: Draft) {
  const percents = thresholds.split(/[\s,;%]+/).filter(Boolean);
  return { name, amount: amount.replace(',', '.').trim(), thresholds: percents.map(Number), is_hard, allow_unpriced, is_enabled };
}

interface FieldsProps<D extends Draft> {
  readonly draft: D;
  issue(pointer: string): string | undefined;
  onChange(draft: D): void;
}

/** Whose calls count, and in what: settled once it is made. */
export function CountsFields({ draft, issue, onChange }: FieldsProps<NewDraft>) {
  const text = useTextOf(words);
  const subjects = useSubjects(draft.scope);
  const set = (part: Partial<NewDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <SelectField
        label={text.scope}
        value={draft.scope}
        options={scopes.map((scope) => [scope, text.scopes[scope]] as const)}
        error={issue('/scope')}
        onChange={(scope) => set({ scope, subject: '' })}
      />
      {draft.scope !== 'tenant' && (
        <SelectField
          label={text.scopes[draft.scope]}
          value={draft.subject}
          options={[['', text.choose] as const, ...subjects]}
          error={issue('/subject_id')}
          onChange={(subject) => set({ subject })}
        />
      )}
      <SelectField
        label={text.metric}
        value={draft.metric}
        options={metrics.map((metric) => [metric, text.metrics[metric]] as const)}
        error={issue('/metric')}
        onChange={(metric) => set({ metric })}
      />
      <SelectField
        label={text.period}
        value={draft.period}
        options={periods.map((period) => [period, text.periods[period]] as const)}
        error={issue('/period')}
        onChange={(period) => set({ period })}
      />
    </>
  );
}

/** What may be changed at any time. */
export function LimitFields({
  draft,
  issue,
  onChange: set,
}: Omit<FieldsProps<Draft>, 'onChange'> & { onChange(part: Partial<Draft>): void }) {
  const text = useTextOf(words);
  return (
    <>
      <TextField
        label={text.amount}
        isRequired
        value={draft.amount}
        error={issue('/amount')}
        onChange={(amount) => set({ amount })}
      />
      <TextField
        label={text.thresholds}
        hint={text.thresholdsHint}
        value={draft.thresholds}
        error={issue('/thresholds')}
        onChange={(thresholds) => set({ thresholds })}
      />
      {(['is_hard', 'allow_unpriced', 'is_enabled'] as const).map((flag) => (
        <label key={flag} className="check">
          <input type="checkbox" checked={draft[flag]} onChange={({ target }) => set({ [flag]: target.checked })} />
          <span>
            {text.flags[flag]} <span className="soft small">{text.flagNotes[flag]}</span>
          </span>
        </label>
      ))}
    </>
  );
}

/** Endpoints or keys, as one chooses among them. */
export function useSubjects(scope: Scope): readonly (readonly [id: string, name: string])[] {
  const { data = [] } = useQuery({
    queryKey: ['budget-subjects', scope],
    enabled: scope !== 'tenant',
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      if (scope === 'endpoint') {
        const { results } = await api.endpoints.list({ limit: 200 }, { signal });
        return results.map(({ id, slug }) => [id, slug] as const);
      }
      const { results } = await api.apiKeys.list({ limit: 200, revoked_at_is_null: true }, { signal });
      return results.map(({ id, name }) => [id, name] as const);
    },
  });
  return data;
}
