import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import type { MenuItem, MenuProps } from './menu-items.ts';

export function MenuInside({ trigger, groups, align = 'start', isOpenAtOnce = false }: MenuProps & { isOpenAtOnce?: boolean }) {
  return (
    // Not modal: a modal one would write a style of its own, which the policy of the page forbids.
    <DropdownMenu.Root modal={false} defaultOpen={isOpenAtOnce}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu static" align={align} sideOffset={4} collisionPadding={8}>
          {groups.map((items, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other name, and do not move
            <DropdownMenu.Group key={index}>
              {index > 0 && <DropdownMenu.Separator className="line" />}
              {items.map((item) => (
                <Item key={item.label} {...item} />
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ label, icon, isChosen, onSelect }: MenuItem): ReactNode {
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      <span className="cut">{label}</span>
      {isChosen && (
        <span className="push">
          <Icon name="check" />
        </span>
      )}
    </>
  );
  if (isChosen === undefined)
    return (
      <DropdownMenu.Item className="item" onSelect={onSelect}>
        {inside}
      </DropdownMenu.Item>
    );
  return (
    <DropdownMenu.CheckboxItem className="item" checked={isChosen} onSelect={onSelect}>
      {inside}
    </DropdownMenu.CheckboxItem>
  );
}
