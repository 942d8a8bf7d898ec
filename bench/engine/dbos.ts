/** What the benchmark uses of DBOS. Written down here so that the types check where the peers are not installed. */
export interface Dbos {
  setConfig(config: Readonly<Record<string, unknown>>): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  registerWorkflow<Argument>(
    workflow: (argument: Argument) => Promise<void>,
    options: { name: string },
  ): (argument: Argument) => Promise<void>;
  registerQueue(name: string, options: { workerConcurrency: number; minPollingIntervalMs: number }): Promise<unknown>;
  runStep<Result>(step: () => Promise<Result>, options: { name: string }): Promise<Result>;
  startWorkflow<Argument>(
    workflow: (argument: Argument) => Promise<void>,
    options?: { queueName: string },
  ): (argument: Argument) => Promise<{ getResult(): Promise<void> }>;
}

export async function loadDbos(): Promise<Dbos> {
  const name: string = '@dbos-inc/dbos-sdk';
  const { DBOS } = (await import(name)) as { DBOS: Dbos };
  return DBOS;
}
