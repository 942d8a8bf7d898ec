import { translated } from '../../text/text.tsx';

const en = (count: number) => count.toLocaleString('en');
const it = (count: number) => count.toLocaleString('it');

export const words = translated(
  {
    trigger: 'Trigger',
    event: 'Event',
    errorCode: 'Error code',
    anyWorkflow: 'Workflow',
    cancel: 'Cancel',
    cancelTitle: (count: number) => (count === 1 ? 'Cancel 1 execution' : `Cancel ${en(count)} executions`),
    cancelNote:
      'Steps that run are stopped, those that wait never start, and what has to be undone is undone. What has ended stays as it is.',
    replay: 'Replay',
    replayTitle: (count: number) => (count === 1 ? 'Replay 1 execution' : `Replay ${en(count)} executions`),
    replayNote: 'A new execution begins for each that has ended. The old ones stay as they are.',
    fromStart: 'From the start',
    fromStartNote: 'Every step runs again.',
    fromFailed: 'From the step that failed',
    fromFailedNote: 'What succeeded before it is kept. An execution without a failed step is left out.',
    version: 'Version',
    sameVersion: 'The one each of them ran',
    latestVersion: 'The newest one',
    redrive: 'Redrive',
    redriveTitle: (count: number) => (count === 1 ? 'Redrive 1 execution' : `Redrive ${en(count)} executions`),
    redriveNote: 'Each whose job became a dead letter goes on behind its last stored step, under the same id.',
    compare: 'Compare',
  },
  {
    trigger: 'Trigger',
    event: 'Evento',
    errorCode: 'Codice di errore',
    anyWorkflow: 'Flusso',
    cancel: 'Annulla',
    cancelTitle: (count) => (count === 1 ? 'Annulla 1 esecuzione' : `Annulla ${it(count)} esecuzioni`),
    cancelNote:
      'I passi in corso vengono fermati, quelli in attesa non cominciano, e ciò che va disfatto viene disfatto. Ciò che è finito resta com’è.',
    replay: 'Ripeti',
    replayTitle: (count) => (count === 1 ? 'Ripeti 1 esecuzione' : `Ripeti ${it(count)} esecuzioni`),
    replayNote: 'Per ognuna che è finita ne comincia una nuova. Le vecchie restano come sono.',
    fromStart: 'Dall’inizio',
    fromStartNote: 'Ogni passo viene rieseguito.',
    fromFailed: 'Dal passo che è fallito',
    fromFailedNote: 'Ciò che prima è riuscito resta. Un’esecuzione senza passi falliti viene esclusa.',
    version: 'Versione',
    sameVersion: 'Quella che ognuna ha eseguito',
    latestVersion: 'La più recente',
    redrive: 'Riprendi',
    redriveTitle: (count) => (count === 1 ? 'Riprendi 1 esecuzione' : `Riprendi ${it(count)} esecuzioni`),
    redriveNote: 'Ognuna il cui lavoro è fallito in modo definitivo continua dopo l’ultimo passo salvato, con lo stesso id.',
    compare: 'Confronta',
  },
);
