import type { PromptDetail } from 'automate-client';

/** What each page of the tests is given. */
export interface TestsProps {
  readonly prompt: PromptDetail;
  onBack(): void;
  onRun(id: string): void;
  /** @param other the run that it is compared with */
  onCompare(id: string, other: string): void;
}
