/** What a kept thread is asked, and what it answers; its first message has the id 0 and says that it is ready. */
export interface ThreadQuestion<Question> {
  readonly id: number;
  readonly question: Question;
}

export type ThreadAnswer<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly fault: string };
