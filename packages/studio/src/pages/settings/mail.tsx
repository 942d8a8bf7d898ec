import { useMutation } from '@tanstack/react-query';
import type { StudioSettings } from 'automate-client';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { Facts } from '../../ui/side-panel.tsx';
import { SetUp } from './sign-on.tsx';
import { words } from './words.ts';

const VARIABLES = 'AUTOMATE_SMTP_URL=smtps://user:password@mail.example.com\nAUTOMATE_MAIL_FROM=Automate <automate@example.com>';

/** Whether mail is sent, and one to try it. */
export function Mail({ facts }: { facts: StudioSettings['mail'] }) {
  const text = useTextOf(words);
  const mayTest = useAllowed('settings:write');
  const test = useMutation({ mutationFn: () => api.studioSettings.testMail({ retries: 0 }) });
  return (
    <div className="panel stack settings-body">
      <section className="card" aria-labelledby="h-mail">
        <header>
          <h2 id="h-mail">{text.tabs.mail}</h2>
          <SetUp is={facts.is_set_up} />
        </header>
        <div className="in stack">
          <p>{text.mailNote}</p>
          {!facts.is_set_up && <CopyBox label={text.variables} value={VARIABLES} />}
        </div>
        {facts.is_set_up && <Facts facts={[[text.from, facts.from]]} />}
        {facts.is_set_up && mayTest && (
          <div className="in stack">
            <p>
              <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
                <Icon name={test.isPending ? 'running' : 'mail'} />
                {test.isPending ? text.sending : text.testMail}
              </button>
            </p>
            <div role="status">
              {(test.error ?? test.data) && (
                <p className="call" data-s={test.error ? 'failed' : 'succeeded'}>
                  <Icon name={test.error ? 'failed' : 'succeeded'} />
                  <span>{test.error ? wordsOf(test.error) : text.sent(test.data?.to ?? '')}</span>
                </p>
              )}
            </div>
          </div>
        )}
      </section>
    </div>
  );
}
