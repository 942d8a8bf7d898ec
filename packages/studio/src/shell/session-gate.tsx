import { type ReactNode, useSyncExternalStore } from 'react';
import { isSignedOut, wordsOf } from '../api.ts';
import { serverPath } from '../base.ts';
import { queryClient } from '../data/query-client.ts';
import { useSession } from '../data/session.ts';
import { resumeSession, sessionEnd } from '../data/session-end.ts';
import { useText } from '../text/text.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failed } from '../ui/empty.tsx';

/** Lets in who is signed in. When a session ends in the middle of something, what was typed stays on the page below a dialog. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useSession();
  const isOver = useSyncExternalStore(sessionEnd.subscribe, sessionEnd.isOver);
  if (!session.data) {
    if (isSignedOut(session.error)) location.replace(signIn());
    else if (session.error) return <Failed words={wordsOf(session.error)} onRetry={() => session.refetch()} />;
    return null;
  }
  return (
    <>
      {children}
      <SignedOut isOpen={isOver} />
    </>
  );
}

function SignedOut({ isOpen }: { isOpen: boolean }) {
  const text = useText();
  const goOn = async () => {
    resumeSession();
    await queryClient.invalidateQueries();
  };
  return (
    <Dialog isOpen={isOpen} title={text.session.over} onClose={goOn}>
      <div className="in">
        <p>{text.session.overNote}</p>
      </div>
      <footer>
        <button type="button" className="btn" onClick={goOn}>
          {text.session.goOn}
        </button>
        <a className="btn primary" href={serverPath('sign-in/')} target="_blank" rel="noreferrer">
          {text.session.signIn}
        </a>
      </footer>
    </Dialog>
  );
}

/** Sign-in leads back here. */
function signIn(): string {
  return `${serverPath('sign-in/')}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
