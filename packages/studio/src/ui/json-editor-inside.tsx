import { autocompletion, type CompletionSource } from '@codemirror/autocomplete';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
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

export default function JsonEditorInside({ value, onChange, label, isReadOnly = false, issues, completion }: CodeProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(onChange);
  change.current = onChange;
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
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorState.readOnly.of(isReadOnly),
          ...(isReadOnly ? [] : [linter((shown) => (shown.state.doc.length === 0 ? [] : jsonParseLinter()(shown)))]),
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
    const text = editor.state.doc.toString();
    const diagnostics = issues.map(
      ({ pointer, message }): Diagnostic => ({ ...placeOf(text, pointer), severity: 'error', message }),
    );
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [issues]);
  return <div ref={box} className="code-editor" />;
}
