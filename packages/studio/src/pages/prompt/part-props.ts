import type { PromptDetail } from 'automate-client';
import type { PromptSearch } from './search.ts';

/** What each tab of a prompt is given. */
export interface PartProps {
  readonly prompt: PromptDetail;
  readonly search: PromptSearch;
  /** Says in the address what is shown, in place of what it says now. */
  onChange(search: PromptSearch): void;
  /** The same as a step that the browser goes back from. */
  onOpen(search: PromptSearch): void;
}
