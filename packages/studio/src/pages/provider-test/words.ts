import { translated } from '../../text/text.tsx';

export const words = translated(
  {
    title: 'Test a provider',
    note: 'Really calls it. With a model a few tokens are paid.',
    unsaved: 'Test a new one',
    provider: 'Provider',
    none: 'There is no provider yet.',
    model: 'Model',
    modelHint: 'Asked for a few words. Without one the models are listed only.',
    task: 'Task',
    run: 'Test',
  },
  {
    title: 'Prova un provider',
    note: 'Lo chiama davvero. Con un modello si paga qualche token.',
    unsaved: 'Provane uno nuovo',
    provider: 'Provider',
    none: 'Ancora nessun provider.',
    model: 'Modello',
    modelHint: 'Gli si chiede qualche parola. Senza, si elencano solo i modelli.',
    task: 'Compito',
    run: 'Prova',
  },
);
