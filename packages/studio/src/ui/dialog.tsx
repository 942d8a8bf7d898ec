import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useText } from '../text/text.tsx';
import { CloseButton } from './close-button.tsx';

interface DialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly className?: string;
  /** Without a head, its title is for screen readers only. */
  readonly hasHead?: boolean;
  readonly children: ReactNode;
  onClose(): void;
}

/** What starts something, or cannot be taken back. The element of the platform keeps the focus inside and gives it back. */
export function Dialog({ isOpen, title, className = '', hasHead = true, children, onClose }: DialogProps) {
  const text = useText();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    if (!dialog || dialog.open === isOpen) return;
    if (!isOpen) return dialog.close();
    dialog.showModal();
    // Else the first thing there is to press would be the way out.
    dialog.querySelector<HTMLElement>('.in :is(input, select, textarea, button)')?.focus();
  }, [isOpen]);
  return (
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-labelledby={hasHead ? id : undefined}
      aria-label={hasHead ? undefined : title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {isOpen && hasHead && (
        <header>
          <h2 id={id}>{title}</h2>
          <CloseButton label={text.close} onClose={onClose} />
        </header>
      )}
      {isOpen && children}
    </dialog>
  );
}
