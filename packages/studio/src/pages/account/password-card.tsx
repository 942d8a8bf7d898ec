import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { TextField } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { Card } from './card.tsx';
import { SecretForm } from './secret-form.tsx';
import { words } from './words.ts';

/** A new password; the other sessions end. */
export function PasswordCard({ email }: { email: string }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  return (
    <Card name="password" title={text.password}>
      <SecretForm
        label={text.password}
        action={text.change}
        icon="key"
        email={email}
        wrong={{ field: '/current_password', words: text.wrong }}
        fields={['/current_password', '/new_password']}
        send={async () => {
          await api.sessions.password({ current_password: current, new_password: fresh });
          setCurrent('');
          setFresh('');
          say(text.changed);
          await client.invalidateQueries({ queryKey: ['own-sessions'] });
        }}
      >
        {(issue) => (
          <>
            <TextField
              label={text.current}
              type="password"
              autoComplete="current-password"
              value={current}
              isRequired
              error={issue('/current_password')}
              onChange={setCurrent}
            />
            <TextField
              label={text.fresh}
              type="password"
              autoComplete="new-password"
              hint={text.passwordHint}
              value={fresh}
              isRequired
              error={issue('/new_password')}
              onChange={setFresh}
            />
          </>
        )}
      </SecretForm>
    </Card>
  );
}
