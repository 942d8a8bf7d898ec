import { autocompletion, type CompletionSource } from '@codemirror/autocomplete';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { EditorState, StateEffect } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { placeOf } from './json-place.ts';

/** Something that is wrong at a place of the document. */
export interface CodeIssue {
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
}

export interface CodeProps {
  readonly value: string;
  onChange?(value: string): void;
  /** What it is, for screen readers. */
  readonly label: string;
  readonly isReadOnly?: boolean;
  /** The server's words, each shown at its place. */
  readonly issues?: readonly CodeIssue[];
  /** Puts the cursor there, each time it is another object. */
  readonly goTo?: { readonly pointer: string } | undefined;
  /** What may be written where the cursor stands. It is read once, when the editor is made. */
  readonly completion?: CompletionSource;
}

/** The nonce of the page, by which the policy allows the styles of the editor. */
function nonce(): string {
  return document.querySelector<HTMLElement>('script[nonce]')?.nonce ?? '';
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: 'k' },
  { tag: tags.string, class: 's' },
  { tag: tags.number, class: 'n' },
  { tag: [tags.bool, tags.null], class: 'w' },
]);

/** Tells the editor that the server has said something else. */
const said = StateEffect.define();

export default function JsonEditorInside({ value, onChange, label, isReadOnly = false, issues, goTo, completion }: CodeProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(onChange);
  change.current = onChange;
  const faults = useRef<readonly CodeIssue[]>([]);
  faults.current = issues ?? [];
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is told to it below
  useEffect(() => {
    const editor = new EditorView({
      parent: box.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          basicSetup,
          EditorView.cspNonce.of(nonce()),
          json(),
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorState.readOnly.of(isReadOnly),
          linter((shown) => [...(isReadOnly ? [] : syntaxOf(shown)), ...placed(shown.state.doc.toString(), faults.current)], {
            needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(said))),
          }),
          ...(completion ? [autocompletion({ override: [completion] })] : []),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString());
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
  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo) return;
    const { from } = placeOf(editor.state.doc.toString(), goTo.pointer);
    editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    editor.focus();
  }, [goTo]);
  return <div ref={box} className="code-editor" />;
}

function syntaxOf(shown: EditorView): readonly Diagnostic[] {
  return shown.state.doc.length === 0 ? [] : jsonParseLinter()(shown);
}

function placed(text: string, issues: readonly CodeIssue[]): Diagnostic[] {
  return issues.map(({ pointer, message }) => ({ ...placeOf(text, pointer), severity: 'error', message }));
}
