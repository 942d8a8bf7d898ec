import { defineFeature } from 'automate';

/** A page of its own in the Studio: `page/fleet.js` draws it. */
export const fleet = defineFeature({
  name: 'fleet',
  roles: [{ resource: 'fleet', actions: ['read'], editor: ['read'], operator: ['read'] }],
  pages: [
    {
      path: 'fleet',
      title: { en: 'Fleet', it: 'Flotta' },
      icon: 'globe',
      group: 'observe',
      scope: 'fleet:read',
      key: 'f',
      module: new URL('./page/fleet.js', import.meta.url),
    },
  ],
});
