import { useQueryClient } from '@tanstack/react-query';
import type { TwoFactorSecret } from 'automate-client';
import { lazy, Suspense, useState } from 'react';
import { api } from '../../api.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { say } from '../../ui/toast.tsx';
import { Card } from './card.tsx';
import { SecretForm } from './secret-form.tsx';
import { words } from './words.ts';

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }));

type Step = 'idle' | 'begin' | 'confirm' | 'end';

/** The second factor: off, proven who it is, scanned and confirmed, on; and off again. */
export function FactorCard({ isOn, email }: { isOn: boolean; email: string }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [step, setStep] = useState<Step>('idle');
  const [made, setMade] = useState<TwoFactorSecret>();
  const stop = () => {
    // What is shown once is not kept in the page either.
    setMade(undefined);
    setStep('idle');
  };
  const done = async (told: string) => {
    stop();
    say(told);
    await client.invalidateQueries({ queryKey: ['session'] });
    await client.invalidateQueries({ queryKey: ['own-sessions'] });
  };
  return (
    <Card
      name="factor"
      title={text.factor}
      head={<span className={isOn ? 'badge good' : 'badge'}>{isOn ? text.on : text.off}</span>}
    >
      {step === 'idle' && (
        <>
          <p>{isOn ? text.onNote : text.offNote}</p>
          <p>
            <button type="button" className="btn" onClick={() => setStep(isOn ? 'end' : 'begin')}>
              <Icon name={isOn ? 'x' : 'lock'} />
              {isOn ? text.turnOff : text.turnOn}
            </button>
          </p>
        </>
      )}
      {step === 'begin' && (
        <Proof
          email={email}
          note={text.prove}
          action={text.goOn}
          onCancel={stop}
          send={async (password) => {
            setMade(await api.sessions.twoFactor({ password }));
            setStep('confirm');
          }}
        />
      )}
      {step === 'confirm' && made && (
        <Confirm
          made={made}
          email={email}
          onCancel={stop}
          send={async (code) => {
            await api.sessions.confirmTwoFactor({ code });
            await done(text.turnedOn);
          }}
        />
      )}
      {step === 'end' && (
        <Proof
          email={email}
          note={text.withoutIt}
          action={text.turnOff}
          isDanger
          onCancel={stop}
          send={async (password) => {
            await api.sessions.disableTwoFactor({ password });
            await done(text.turnedOff);
          }}
        />
      )}
    </Card>
  );
}

interface ProofProps {
  readonly email: string;
  readonly note: string;
  readonly action: string;
  readonly isDanger?: boolean;
  send(password: string): Promise<void>;
  onCancel(): void;
}

function Proof({ email, note, action, isDanger = false, send, onCancel }: ProofProps) {
  const text = useTextOf(words);
  const { cancel } = useText();
  const [password, setPassword] = useState('');
  return (
    <SecretForm
      label={text.factor}
      action={action}
      icon={isDanger ? 'x' : 'arrow'}
      isDanger={isDanger}
      email={email}
      wrong={{ field: '/password', words: text.wrong }}
      fields={['/password']}
      send={() => send(password)}
      onCancel={onCancel}
      cancel={cancel}
    >
      {(issue) => (
        <>
          <p>{note}</p>
          <TextField
            label={text.password}
            type="password"
            autoComplete="current-password"
            value={password}
            isRequired
            autoFocus
            error={issue('/password')}
            onChange={setPassword}
          />
        </>
      )}
    </SecretForm>
  );
}

interface ConfirmProps {
  readonly made: TwoFactorSecret;
  readonly email: string;
  send(code: string): Promise<void>;
  onCancel(): void;
}

function Confirm({ made, email, send, onCancel }: ConfirmProps) {
  const text = useTextOf(words);
  const { cancel } = useText();
  const [code, setCode] = useState('');
  const key = new URL(made.uri).searchParams.get('secret') ?? '';
  return (
    <>
      <h3>{text.scan}</h3>
      <div className="scan">
        <Suspense fallback={<span className="bone on" />}>
          <QrCode text={made.uri} label={text.qr} />
        </Suspense>
        <div className="stack">
          <p>{text.byHand}</p>
          <CopyBox label={text.key} value={key} />
        </div>
      </div>
      <h3>{text.keep}</h3>
      <p className="soft">{text.keepNote}</p>
      <CopyBox label={text.codes} value={made.backup_codes.join('\n')} />
      <h3>{text.enter}</h3>
      <SecretForm
        label={text.factor}
        action={text.turnOn}
        icon="lock"
        email={email}
        wrong={{ field: '/code', words: text.wrongCode }}
        fields={['/code']}
        send={() => send(code.replace(/\s/g, ''))}
        onCancel={onCancel}
        cancel={cancel}
      >
        {(issue) => (
          <TextField
            label={text.code}
            autoComplete="one-time-code"
            inputMode="numeric"
            isMono
            value={code}
            isRequired
            autoFocus
            maxLength={7}
            error={issue('/code')}
            onChange={setCode}
          />
        )}
      </SecretForm>
    </>
  );
}
