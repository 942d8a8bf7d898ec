import { type Ref, useEffect, useId, useImperativeHandle, useMemo, useRef } from 'react';
import { useTextOf } from '../text/text.tsx';
import { Icon } from '../ui/icon.tsx';
import type { FormIssue } from './check.ts';
import { type FieldGroup, FieldList } from './field-list.tsx';
import { FieldView } from './field-view.tsx';
import { fieldOf, type WidgetName } from './fields.ts';
import { FormContext, type FormSources, type Widget } from './form-context.ts';
import { createResolver, type JsonSchema } from './json-schema.ts';
import { labelAt } from './label-at.ts';
import { partsOf } from './pointer.ts';
import { sayIssue } from './say-issue.ts';
import { useIssues } from './use-issues.ts';
import { widgets as kinds } from './widgets/widgets.ts';
import { words } from './words.ts';

/** What a form can be asked for. @example if (form.current?.check()) await save(); */
export interface SchemaFormHandle {
  /**
   * Whether the value may be sent. Else everything that is wrong is said, and the summary of it takes the focus. With `isPartial`, of the
   * fields that are shown alone.
   */
  check(options?: { readonly isPartial?: boolean }): boolean;
}

export interface SchemaFormProps {
  readonly ref?: Ref<SchemaFormHandle>;
  readonly schema: JsonSchema;
  /** Where references begin, such as an OpenAPI document. Default: the schema itself. */
  readonly document?: JsonSchema;
  readonly value: unknown;
  onChange(value: unknown): void;
  /** What the server said of the last try, as in `error.errors`. Another array is another answer. */
  readonly issues?: readonly FormIssue[];
  /** Fields in groups with a heading each; what is in none stands in a last one. */
  readonly groups?: readonly FieldGroup[];
  /** Fields in this order; others follow as in the schema. With `only`, no others. */
  readonly order?: readonly string[];
  readonly only?: readonly string[];
  readonly columns?: 1 | 2;
  /** Other widgets, by pointer; `*` stands for any entry. */
  readonly widgets?: Readonly<Record<string, WidgetName | Widget>>;
  readonly sources?: FormSources;
  readonly readOnly?: boolean;
  /** The value is of something there is: what is hidden of it stays as it is unless one types. */
  readonly isStored?: boolean;
  /** Begins the ids of its elements. */
  readonly idPrefix?: string;
}

const NO_WIDGETS = {};
const NO_SOURCES = {};

/** Fields for a value, by its JSON Schema. It is no `<form>`: what is around it saves. */
export function SchemaForm(props: SchemaFormProps) {
  const { schema, document = schema, value, onChange, readOnly = false, widgets = NO_WIDGETS, sources = NO_SOURCES } = props;
  const text = useTextOf(words);
  const generated = useId();
  const prefix = props.idPrefix ?? generated;
  const summary = useRef<HTMLDivElement>(null);
  const resolver = useMemo(() => createResolver(document), [document]);
  const found = useIssues({ resolver, schema, value, given: props.issues });
  const idOf = (pointer: string) => `${prefix}${pointer.replaceAll(/[^\w-]/g, (sign) => `.${sign.charCodeAt(0).toString(36)}.`)}`;
  const root = fieldOf(resolver, '', schema, true);
  const focusSummary = () => setTimeout(() => summary.current?.focus(), 0);
  useImperativeHandle(props.ref, () => ({
    check({ isPartial = false } = {}) {
      found.tryAll();
      const own = found.all.filter((issue) => !found.server.includes(issue) && (!isPartial || isShown(issue)));
      if (own.length > 0) focusSummary();
      return own.length === 0;
    },
  }));
  const { issues, only } = props;
  const isShown = ({ pointer }: FormIssue) => !only || only.includes(partsOf(pointer)[0] ?? '');
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer of the server
  useEffect(() => {
    if (issues && issues.length > 0) focusSummary();
  }, [issues]);
  const inSummary = (found.hasTried ? found.said : found.server).filter(
    (issue) => found.server.includes(issue) || isShown(issue),
  );
  const isObject = root.schema.properties !== undefined && !root.variants;
  return (
    <FormContext
      value={{
        resolver,
        isReadOnly: readOnly,
        isStored: props.isStored ?? false,
        widgets,
        kinds,
        sources,
        issues: found.said,
        idOf,
        touch: found.touch,
        report: found.report,
      }}
    >
      <div className="form stack">
        <div
          ref={summary}
          tabIndex={-1}
          role="alert"
          className={inSummary.length > 0 ? 'call form-summary' : 'sr'}
          data-s="failed"
        >
          {inSummary.length > 0 && (
            <>
              <Icon name="failed" />
              <div>
                <strong>{text.summary(inSummary.length)}</strong>
                <ul>
                  {inSummary.slice(0, 20).map((issue) => (
                    <li key={`${issue.pointer} ${issue.code}`}>
                      <IssueLink
                        issue={issue}
                        label={labelAt(resolver, schema, issue.pointer)}
                        idOf={idOf}
                        words={sayIssue(issue, text)}
                      />
                    </li>
                  ))}
                </ul>
              </div>
            </>
          )}
        </div>
        {isObject ? (
          <FieldList {...props} schema={root.schema} value={value} pointer="" onChange={onChange} />
        ) : (
          <FieldView field={root} pointer="" value={value} onChange={onChange} />
        )}
      </div>
    </FormContext>
  );
}

/** Leads to the field; a place that has none is only named. */
function IssueLink({
  issue,
  label,
  words: reason,
  idOf,
}: {
  issue: FormIssue;
  label: string;
  words: string;
  idOf(pointer: string): string;
}) {
  if (label === '') return <>{reason}</>;
  const go = () => {
    for (let at = issue.pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const element = document.getElementById(idOf(at));
      if (element) {
        element.focus();
        element.scrollIntoView({ block: 'center' });
        return;
      }
      if (at === '') return;
    }
  };
  return (
    <>
      <button type="button" className="link" onClick={go}>
        {label}
      </button>
      <span>: {reason}</span>
    </>
  );
}
