import { useMutation } from '@tanstack/react-query';
import { createClient } from 'automate-client';
import { wordsOf } from '../../../api.ts';
import { mount } from '../../../base.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { words } from '../words.ts';
import { Copyable, Frame, type SuccessProps } from './frame.tsx';

const ROOT = location.origin + mount.replace(/\/$/, '');

/** A key, this once, and a call that shows that it works. */
export function KeySuccess(props: SuccessProps) {
  const text = useTextOf(words).key;
  const { reply } = props.made;
  const key = String(reply.key);
  const scopes = Array.isArray(reply.scopes) ? reply.scopes.map(String) : [];
  const test = useMutation({
    // With the key alone, and not as who is signed in here.
    mutationFn: () =>
      createClient({
        baseUrl: ROOT,
        token: key,
        fetch: (input, init) => fetch(input, { ...init, credentials: 'omit' }),
      }).sessions.session(),
  });
  return (
    <Frame {...props} title={text.done(String(reply.name))}>
      <p className="call" data-s="warning">
        <Icon name="warn" />
        {text.once}
      </p>
      <Copyable label={text.value}>{key}</Copyable>
      <Copyable label={text.curl}>{callWith(key, scopes)}</Copyable>
      <p className="row wrap" role="status">
        <button type="button" className="btn" aria-busy={test.isPending} onClick={() => test.mutate()}>
          <Icon name={test.isPending ? 'running' : 'play'} />
          {test.isPending ? text.testing : text.test}
        </button>
        {test.data && (
          <span className="good row">
            <Icon name="succeeded" size="s" />
            {text.works(test.data.scopes.join(', '))}
          </span>
        )}
        {test.error && (
          <span className="bad">
            {text.refused}: {wordsOf(test.error)}
          </span>
        )}
      </p>
    </Frame>
  );
}

/** Something that the key may do. */
function callWith(key: string, scopes: readonly string[]): string {
  const may = (scope: string) => scopes.some((one) => one === '*' || one === scope || one === `${scope.split(':')[0]}:*`);
  const head = `-H 'Authorization: Bearer ${key}'`;
  if (may('events:write'))
    return `curl ${ROOT}/api/v1/events/ \\\n  ${head} -H 'content-type: application/json' \\\n  -d '{"event_type": "order.created", "payload": {"amount": 120}}'`;
  const [path] = [
    ['workflows:read', 'v1/workflows/'],
    ['executions:read', 'v1/executions/'],
    ['events:read', 'v1/events/'],
  ].flatMap(([scope = '', found]) => (may(scope) ? [found] : []));
  return `curl ${ROOT}/api/${path ?? 'auth/session/'} \\\n  ${head}`;
}
