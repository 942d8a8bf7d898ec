import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { EditorState, StateEffect, type Text } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { minimalSetup } from 'codemirror';
import { useEffect, useRef } from 'react';

/** Something that is wrong with the template. */
export interface TemplateIssue {
  /** The server's words; where they name a line and a column, they are shown there. */
  readonly message: string;
}

export interface TemplateProps {
  readonly value: string;
  onChange?(value: string): void;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly isReadOnly?: boolean;
  readonly issues?: readonly TemplateIssue[];
  /** Names that may stand between the braces. */
  readonly names?: readonly string[];
}

/** The nonce of the page, by which the policy allows the styles of the editor. */
function nonce(): string {
  return document.querySelector<HTMLElement>('script[nonce]')?.nonce ?? '';
}

const said = StateEffect.define();
const NO_NAMES: readonly string[] = [];

const liquid = new MatchDecorator({
  regexp: /\{\{.*?\}\}|\{%.*?%\}/g,
  decoration: ([found]) => Decoration.mark({ class: found.startsWith('{{') ? 'k' : 'w' }),
});

const colours = ViewPlugin.fromClass(
  class {
    marks: DecorationSet;
    constructor(view: EditorView) {
      this.marks = liquid.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.marks = liquid.updateDeco(update, this.marks);
    }
  },
  { decorations: ({ marks }) => marks },
);

export default function TemplateEditorInside({
  value,
  onChange,
  label,
  isReadOnly = false,
  issues,
  names = NO_NAMES,
}: TemplateProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ onChange, issues, names });
  latest.current = { onChange, issues, names };
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is told to it below
  useEffect(() => {
    const editor = new EditorView({
      parent: box.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          minimalSetup,
          EditorView.cspNonce.of(nonce()),
          colours,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', tabindex: '0' }),
          EditorState.readOnly.of(isReadOnly),
          linter(({ state }) => (latest.current.issues ?? []).map((issue) => placed(state.doc, issue)), {
            needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(said))),
          }),
          autocompletion({ override: [(context) => complete(context, latest.current.names)] }),
          keymap.of(completionKeymap),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, isReadOnly]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !issues) return;
    editor.dispatch({ effects: said.of(null) });
    forceLinting(editor);
  }, [issues]);
  return <div ref={box} className="code-editor template-editor" />;
}

/** As in `… is not closed, line:2, col:5`; what names a variable stands there; else it is said of the whole. */
function placed(text: Text, { message }: TemplateIssue): Diagnostic {
  const [, line, column] = /line:(\d+), col:(\d+)/.exec(message) ?? [];
  if (line && Number(line) <= text.lines) {
    const at = text.line(Number(line));
    const from = Math.min(at.from + Math.max(Number(column) - 1, 0), at.to);
    return { from, to: Math.max(at.to, from), severity: 'error', message };
  }
  const [, name] = /variable "([^"]+)"/.exec(message) ?? [];
  const at = name ? text.toString().search(new RegExp(`\\b${name.replaceAll(/\W/g, '')}\\b`)) : -1;
  if (name && at >= 0) return { from: at, to: at + name.length, severity: 'error', message };
  return { from: 0, to: text.length, severity: 'error', message };
}

/** Names of variables, behind what opens Liquid. */
function complete(context: CompletionContext, names: readonly string[]) {
  const found = context.matchBefore(/\{[{%][^}%]*/);
  if (!found || names.length === 0) return null;
  const typed = /\w*$/.exec(found.text)?.[0] ?? '';
  return { from: context.pos - typed.length, options: names.map((label) => ({ label, type: 'variable' })), validFor: /^\w*$/ };
}
