import type { ProviderTestResult } from 'automate-client';
import { duration } from '../format.ts';
import { translated, useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { Facts } from './side-panel.tsx';

const words = translated(
  {
    good: 'It works',
    bad: 'It does not work',
    steps: 'Step by step',
    checks: { state: 'This machine', key: 'Key', models: 'List of models', call: 'Call' },
    took: 'Took',
    firstByte: 'First byte',
    answer: 'Answer',
    limits: 'Limits',
    models: (count: number) => `${count.toLocaleString('en')} models`,
    advice: {
      missing: 'Install what is missing on the machine of the server.',
      key_missing: 'Give the provider a key.',
      key_host: 'Add the host to the hosts of the secret, or give the key again for this address.',
      key: 'Give the key again, and see whether the vendor allows it this model.',
      dns: 'The host was not found: see how it is spelt, and whether the server can resolve it.',
      guard: 'The guard of outgoing calls refused the host: the operator, or the policy of the tenant, has to allow it.',
      tls: 'The certificate of the host is not valid for it, or the address should begin with http: or https:.',
      unreachable: 'Nothing answers there: see whether something listens, and whether a firewall is between.',
      timeout: 'No answer in time: see whether the host can be reached and the model is loaded, and try again.',
      address: 'Nothing is at this address: see whether the base URL ends where the vendor says, such as in /v1.',
      model: 'The vendor does not know the model: name one of those that are listed.',
      task: 'Choose a task that the provider can do.',
      request: 'Change what the vendor names.',
      limit: 'Wait as long as it says, or have the vendor raise the limit.',
      unpaid: 'Pay the vendor, or raise the limit of spending there.',
      filter: 'The filter of the vendor refuses this: ask something else.',
      server: 'The vendor has trouble: try again later.',
      broken: 'What answers does not speak the protocol of this kind: see whether kind and base URL are right.',
      unknown: 'Try again; the log of the server says more.',
    },
  },
  {
    good: 'Funziona',
    bad: 'Non funziona',
    steps: 'Passo per passo',
    checks: { state: 'Questa macchina', key: 'Chiave', models: 'Elenco dei modelli', call: 'Chiamata' },
    took: 'Durata',
    firstByte: 'Primo byte',
    answer: 'Risposta',
    limits: 'Limiti',
    models: (count) => `${count.toLocaleString('it')} modelli`,
    advice: {
      missing: 'Installa ciò che manca sulla macchina del server.',
      key_missing: 'Dai una chiave al provider.',
      key_host: 'Aggiungi l’host a quelli del segreto, o dai di nuovo la chiave per questo indirizzo.',
      key: 'Dai di nuovo la chiave e guarda se il fornitore le permette questo modello.',
      dns: 'L’host non si trova: guarda come è scritto e se il server lo risolve.',
      guard:
        'La guardia delle chiamate in uscita rifiuta l’host: lo deve permettere il gestore, o la politica dell’organizzazione.',
      tls: 'Il certificato dell’host non vale per lui, o l’indirizzo dovrebbe cominciare con http: o https:.',
      unreachable: 'Lì non risponde niente: guarda se qualcosa ascolta e se c’è di mezzo un firewall.',
      timeout: 'Nessuna risposta in tempo: guarda se l’host si raggiunge e il modello è caricato, e riprova.',
      address: 'A questo indirizzo non c’è niente: guarda se l’URL finisce dove dice il fornitore, per esempio in /v1.',
      model: 'Il fornitore non conosce il modello: indicane uno dell’elenco.',
      task: 'Scegli un compito che il provider sa fare.',
      request: 'Cambia ciò che indica il fornitore.',
      limit: 'Aspetta quanto dice, o fatti alzare il limite dal fornitore.',
      unpaid: 'Paga il fornitore, o alza lì il limite di spesa.',
      filter: 'Il filtro del fornitore lo rifiuta: chiedi altro.',
      server: 'Il fornitore ha problemi: riprova più tardi.',
      broken: 'Ciò che risponde non parla il protocollo di questo tipo: guarda se tipo e URL sono giusti.',
      unknown: 'Riprova; il registro del server dice di più.',
    },
  },
);

/** What came of a test: each step with its time, exactly why one failed, and what to do about it. */
export function ProviderReport({ report, onModel }: { report: ProviderTestResult; onModel?(model: string): void }) {
  const text = useTextOf(words);
  const limits = Object.entries(report.limits);
  return (
    <section className="provider-report stack" aria-label={report.ok ? text.good : text.bad} aria-live="polite">
      <p className="call" data-s={report.ok ? 'succeeded' : 'failed'}>
        <Icon name={report.ok ? 'succeeded' : 'failed'} />
        <strong>{report.ok ? text.good : text.bad}</strong>
      </p>
      <ul className="lines" aria-label={text.steps}>
        {report.checks.map(({ name, ok, latency_ms: ms, detail, cause }) => (
          <li key={name}>
            <span className="status bare" data-s={ok ? 'succeeded' : 'failed'}>
              <Icon name={ok ? 'succeeded' : 'failed'} />
              {text.checks[name]}
            </span>
            <span className="anywhere">
              {detail}
              {cause && <strong className="block">{text.advice[cause]}</strong>}
            </span>
            <span className="push soft">{duration(ms)}</span>
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          [text.took, duration(report.latency_ms)],
          report.first_byte_ms !== null && [text.firstByte, duration(report.first_byte_ms)],
          report.output !== null && report.output !== '' && [text.answer, report.output],
          ...limits.map(([name, value]) => [name, value] as const),
        ]}
      />
      {report.models.length > 0 && (
        <details>
          <summary>{text.models(report.models.length)}</summary>
          <ul className="chips">
            {report.models.map(({ id }) => (
              <li key={id}>
                {onModel ? (
                  <button type="button" className="btn small" onClick={() => onModel(id)}>
                    {id}
                  </button>
                ) : (
                  <code>{id}</code>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
