import { exactTime } from '../format.ts';
import { useWords } from '../text/text.tsx';
import { Icon } from './icon.tsx';

/** Whether what is shown follows what happens, or stands still while the server cannot be reached. */
export function LiveState({ isOffline, readAt }: { isOffline: boolean; readAt: number }) {
  const { text, language } = useWords();
  if (isOffline)
    return (
      <span className="status" data-s="warning" title={text.states.offlineNote(exactTime(readAt, language))}>
        <Icon name="warn" />
        {text.states.offline}
      </span>
    );
  return (
    <span className="status bare" data-s="healthy" title={text.states.liveNote}>
      <Icon name="live" />
      {text.states.live}
    </span>
  );
}
