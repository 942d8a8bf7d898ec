import type { ReactNode } from 'react';

/** All icons, drawn on 16 × 16 with a line of 1.5; none comes from elsewhere. */
export const icons = {
  dashboard: (
    <>
      <rect x="2" y="2" width="5" height="6" rx="1.2" />
      <rect x="9.5" y="2" width="4.5" height="3.5" rx="1.2" />
      <rect x="2" y="10.5" width="5" height="3.5" rx="1.2" />
      <rect x="9.5" y="8" width="4.5" height="6" rx="1.2" />
    </>
  ),
  executions: (
    <>
      <path d="M2 3.5h8M2 8h4.5M2 12.5h4.5" />
      <path d="M9.5 7.6v5.8l4.5-2.9z" />
    </>
  ),
  trace: (
    <>
      <path d="M2 3h6.5M5 8h6M8.5 13H14" />
      <path d="M3.2 3v3.5A1.5 1.5 0 0 0 4.7 8M6.7 8v3.5A1.5 1.5 0 0 0 8.2 13" />
    </>
  ),
  event: <path d="M9 1.8 3.4 9.1h4L7 14.2l5.6-7.3h-4z" />,
  job: <path d="m8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3" />,
  approval: (
    <>
      <circle cx="6" cy="5" r="2.6" />
      <path d="M1.5 13.6c.4-2.7 2.1-4 4.5-4 .9 0 1.7.2 2.4.6M10 11.9l1.6 1.6 3-3.3" />
    </>
  ),
  dead: (
    <path d="M2 9.6 3.7 3.5a1.2 1.2 0 0 1 1.1-.8h6.4a1.2 1.2 0 0 1 1.1.8L14 9.6v2.7a1.2 1.2 0 0 1-1.2 1.2H3.2A1.2 1.2 0 0 1 2 12.3zM2 9.6h3.3l1 1.6h3.4l1-1.6H14M6.6 4.9l2.8 2.8M9.4 4.9 6.6 7.7" />
  ),
  workflow: (
    <>
      <path d="M5 8h6M5 8c2.5 0 2-4.2 5.5-4.2M5 8c2.5 0 2 4.2 5.5 4.2" />
      <circle cx="3.2" cy="8" r="1.7" />
      <circle cx="12.4" cy="3.8" r="1.7" />
      <circle cx="12.8" cy="8" r="1.6" />
      <circle cx="12.4" cy="12.2" r="1.7" />
    </>
  ),
  rule: (
    <>
      <path d="M8 1.7 14.3 8 8 14.3 1.7 8z" />
      <path d="m5.8 8.1 1.6 1.6 2.9-3.2" />
    </>
  ),
  connection: <path d="M6 1.8v3M10 1.8v3M4.2 4.8h7.6v2.4a3.8 3.8 0 0 1-7.6 0zM8 11v3.2" />,
  hook: (
    <>
      <circle cx="10.6" cy="3.3" r="1.5" />
      <path d="M10.6 4.8v5.4a3.6 3.6 0 0 1-7.2 0V7.3l2.6 2.3" />
    </>
  ),
  endpoint: (
    <>
      <circle cx="8" cy="8" r="1.4" fill="currentColor" stroke="none" />
      <path d="M5 5a4.2 4.2 0 0 0 0 6M11 5a4.2 4.2 0 0 1 0 6M2.9 2.9a7.2 7.2 0 0 0 0 10.2M13.1 2.9a7.2 7.2 0 0 1 0 10.2" />
    </>
  ),
  prompt: <path d="M2 4h8M2 8h5M2 12h5M12 6.2v7.4M10.4 6.2h3.2M10.4 13.6h3.2" />,
  knowledge: (
    <path d="M8 4.2C6.4 3 4.3 2.5 2 2.7v9.4c2.3-.2 4.4.3 6 1.5 1.6-1.2 3.7-1.7 6-1.5V2.7c-2.3-.2-4.4.3-6 1.5zM8 4.2v9.4" />
  ),
  datachat: (
    <path d="M2 14V3.9a1.6 1.6 0 0 1 1.6-1.6h8.8A1.6 1.6 0 0 1 14 3.9v5.9a1.6 1.6 0 0 1-1.6 1.6H5zM5.2 8.6V7.3M8 8.6V5M10.8 8.6V6.2" />
  ),
  embed: <path d="M5.2 4.4 1.6 8l3.6 3.6M10.8 4.4 14.4 8l-3.6 3.6M9.2 3 6.8 13" />,
  spend: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M9.9 6.2C9.6 5.4 8.9 5 8 5c-1.1 0-1.9.6-1.9 1.5 0 2 3.9 1 3.9 3.1 0 .9-.9 1.5-2 1.5-1 0-1.8-.5-2-1.3M8 3.9V5M8 11.1v1" />
    </>
  ),
  database: (
    <>
      <ellipse cx="8" cy="3.9" rx="5.6" ry="2.1" />
      <path d="M2.4 3.9v8.2c0 1.2 2.5 2.1 5.6 2.1s5.6-.9 5.6-2.1V3.9M2.4 8c0 1.2 2.5 2.1 5.6 2.1s5.6-.9 5.6-2.1" />
    </>
  ),
  people: (
    <>
      <circle cx="6" cy="5" r="2.6" />
      <path d="M1.5 13.6c.4-2.7 2.1-4 4.5-4s4.1 1.3 4.5 4M10.4 2.6a2.5 2.5 0 0 1 0 4.8M12.1 9.9c1.4.6 2.2 1.9 2.4 3.7" />
    </>
  ),
  audit: <path d="M8 1.6 13.2 3.5V7.6c0 3.2-2 5.5-5.2 6.8-3.2-1.3-5.2-3.6-5.2-6.8V3.5zM5.8 7.9l1.6 1.6 2.9-3.2" />,
  settings: (
    <>
      <path d="M2 4.6h6.3M12.3 4.6H14M2 11.4h1.7M7.7 11.4H14" />
      <circle cx="10.3" cy="4.6" r="1.9" />
      <circle cx="5.7" cy="11.4" r="1.9" />
    </>
  ),
  table: (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="1.5" />
      <path d="M2 6.3h12M2 9.9h12M6.3 6.3v7.2" />
    </>
  ),
  code: <path d="M5 4.6 1.6 8 5 11.4M11 4.6 14.4 8 11 11.4" />,
  braces: (
    <path d="M6.2 2.3H5.7c-1 0-1.6.7-1.6 1.6v2.3c0 1-.6 1.8-1.8 1.8 1.2 0 1.8.8 1.8 1.8v2.3c0 .9.6 1.6 1.6 1.6h.5M9.8 2.3h.5c1 0 1.6.7 1.6 1.6v2.3c0 1 .6 1.8 1.8 1.8-1.2 0-1.8.8-1.8 1.8v2.3c0 .9-.6 1.6-1.6 1.6h-.5" />
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M1.8 8h12.4M8 1.8c3.4 3.4 3.4 9 0 12.4-3.4-3.4-3.4-9 0-12.4z" />
    </>
  ),
  chip: (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1.5" />
      <path d="M6.5 1.7V4M9.5 1.7V4M6.5 12v2.3M9.5 12v2.3M1.7 6.5H4M1.7 9.5H4M12 6.5h2.3M12 9.5h2.3" />
    </>
  ),
  disk: (
    <path d="M2 9.5 4 3.6a1.3 1.3 0 0 1 1.2-.9h5.6a1.3 1.3 0 0 1 1.2.9l2 5.9v2.6a1.3 1.3 0 0 1-1.3 1.3H3.3A1.3 1.3 0 0 1 2 12.1zM2 9.5h12M11.3 11.5h.2" />
  ),
  mail: (
    <>
      <rect x="1.8" y="3" width="12.4" height="10" rx="1.5" />
      <path d="m2.2 4.4 5.8 4.4 5.8-4.4" />
    </>
  ),
  message: <path d="M2 14V3.9a1.6 1.6 0 0 1 1.6-1.6h8.8A1.6 1.6 0 0 1 14 3.9v5.9a1.6 1.6 0 0 1-1.6 1.6H5zM5 5.6h6M5 8.2h3.6" />,
  branch: <path d="M2 8h3.4M5.4 8c2.6 0 2.4-4 5-4H14M5.4 8c2.6 0 2.4 4 5 4H14M12 2l2 2-2 2M12 10l2 2-2 2" />,
  loop: <path d="M3 7.4V6.3a2 2 0 0 1 2-2h8M11 2.2l2 2.1-2 2.1M13 8.6v1.1a2 2 0 0 1-2 2H3M5 13.8l-2-2.1 2-2.1" />,
  timer: (
    <>
      <circle cx="8" cy="9" r="5.2" />
      <path d="M8 6.2V9l1.8 1.4M6.3 1.7h3.4" />
    </>
  ),
  transform: <path d="M2 4.2h7.4M7.4 2.2l2 2-2 2M14 11.8H6.6M8.6 9.8l-2 2 2 2" />,
  sparkle: (
    <path d="M7 2.4 8.4 6 12 7.4 8.4 8.8 7 12.4 5.6 8.8 2 7.4 5.6 6zM12.5 10.6l.7 1.8 1.8.6-1.8.7-.7 1.8-.6-1.8-1.8-.7 1.8-.6z" />
  ),
  book: <path d="M3 12.6V3.2A1.4 1.4 0 0 1 4.4 1.8H13v9.4H4.4A1.4 1.4 0 0 0 3 12.6a1.4 1.4 0 0 0 1.4 1.5H13v-2.9" />,
  terminal: (
    <>
      <rect x="1.8" y="2.6" width="12.4" height="10.8" rx="1.5" />
      <path d="m4.6 5.8 2.2 2.2-2.2 2.2M8.6 10.4h2.8" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="10.6" r="3" />
      <path d="m7.2 8.4 6.2-6.2M11 4.6l2 2M9.2 6.4l1.4 1.4" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="6.8" rx="1.5" />
      <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
    </>
  ),
  calendar: (
    <>
      <rect x="2" y="3" width="12" height="11" rx="1.5" />
      <path d="M2 6.6h12M5.3 1.6v2.6M10.7 1.6v2.6" />
    </>
  ),
  link: (
    <path d="M6.6 9.4a2.8 2.8 0 0 0 4.1.1l2.3-2.3a2.8 2.8 0 0 0-4-4L8 4.3M9.4 6.6a2.8 2.8 0 0 0-4.1-.1L3 8.8a2.8 2.8 0 0 0 4 4l1-1.1" />
  ),
  box: <path d="m8 1.8 5.8 3v6.4L8 14.2l-5.8-3V4.8zM2.4 4.9 8 7.9l5.6-3M8 7.9v6.2" />,
  tag: (
    <>
      <path d="M2 7.4V3.2A1.2 1.2 0 0 1 3.2 2h4.2l6.2 6.2a1.2 1.2 0 0 1 0 1.7l-3.7 3.7a1.2 1.2 0 0 1-1.7 0z" />
      <path d="M5.2 5.2h.1" />
    </>
  ),
  bars: <path d="M2.5 13.5h11M4.2 11V8M8 11V3M11.8 11V6" />,
  history: <path d="M2 8a6 6 0 1 0 2-4.5L2 5.3M2 2.2v3.1h3.1M8 4.9V8l2.2 1.4" />,
  note: <path d="M3.4 2h9.2A1.4 1.4 0 0 1 14 3.4v6.2L9.6 14H3.4A1.4 1.4 0 0 1 2 12.6V3.4A1.4 1.4 0 0 1 3.4 2zM14 9.6H9.6V14" />,
  queued: <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.3" />,
  running: <path d="M8 2a6 6 0 1 1-6 6" />,
  waiting: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.4 6v4M9.6 6v4" />
    </>
  ),
  succeeded: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m5.4 8.2 1.8 1.8 3.4-3.8" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m3.9 3.9 8.2 8.2" />
    </>
  ),
  skipped: <path d="m3.5 4.2 3.8 3.8-3.8 3.8M8.7 4.2l3.8 3.8-3.8 3.8" />,
  retrying: <path d="M14 8a6 6 0 1 1-2-4.5L14 5.3M14 2.2v3.1h-3.1" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.4v3.4M8 5.2v.1" />
    </>
  ),
  warn: <path d="M7 2.9 1.9 12a1.2 1.2 0 0 0 1 1.8h10.2a1.2 1.2 0 0 0 1-1.8L9 2.9a1.2 1.2 0 0 0-2 0zM8 6.4v3M8 11.5v.1" />,
  draft: <path d="m10.4 3.2 2.4 2.4L6 12.4l-3.2.8.8-3.2z" />,
  live: (
    <>
      <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
      <path d="M4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.7" />
      <path d="m10.5 10.5 3.5 3.5" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  x: <path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4" />,
  check: <path d="m3 8.6 3.3 3.3L13 4.6" />,
  down: <path d="m4 6 4 4 4-4" />,
  right: <path d="m6 4 4 4-4 4" />,
  left: <path d="M10 4 6 8l4 4" />,
  updown: <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />,
  more: (
    <>
      <circle cx="3.2" cy="8" r="1.2" fill="currentColor" stroke="none" />
      <circle cx="8" cy="8" r="1.2" fill="currentColor" stroke="none" />
      <circle cx="12.8" cy="8" r="1.2" fill="currentColor" stroke="none" />
    </>
  ),
  filter: <path d="M2 4h12M4.4 8h7.2M6.6 12h2.8" />,
  columns: (
    <>
      <rect x="2" y="2.5" width="12" height="11" rx="1.5" />
      <path d="M6 2.5v11M10 2.5v11" />
    </>
  ),
  rows: <path d="M2 3.5h12M2 8h12M2 12.5h12" />,
  download: <path d="M8 2v8.2M4.6 7 8 10.4 11.4 7M2.5 13.6h11" />,
  upload: <path d="M8 10.4V2.2M4.6 5.6 8 2.2l3.4 3.4M2.5 13.6h11" />,
  replay: <path d="M2 8a6 6 0 1 0 2-4.5L2 5.3M2 2.2v3.1h3.1" />,
  play: <path d="M4.5 2.8v10.4L13 8z" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  stop: <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.5" />
      <path d="M10.5 2.8A1.4 1.4 0 0 0 9.6 2H3.4A1.4 1.4 0 0 0 2 3.4v6.2c0 .5.3.9.8 1" />
    </>
  ),
  external: (
    <path d="M9.4 2H14v4.6M14 2 7.6 8.4M12 9.6v2.8a1.6 1.6 0 0 1-1.6 1.6H3.6A1.6 1.6 0 0 1 2 12.4V5.6A1.6 1.6 0 0 1 3.6 4h2.8" />
  ),
  trash: (
    <path d="M2.4 4.2h11.2M6 4.2V3a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1.2M4 4.2l.6 8.5a1.3 1.3 0 0 0 1.3 1.3h4.2a1.3 1.3 0 0 0 1.3-1.3l.6-8.5" />
  ),
  eye: (
    <>
      <path d="M1.4 8C2.8 5.2 5.2 3.6 8 3.6s5.2 1.6 6.6 4.4c-1.4 2.8-3.8 4.4-6.6 4.4S2.8 10.8 1.4 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  eyeoff: (
    <path d="M6.3 3.8C6.8 3.7 7.4 3.6 8 3.6c2.8 0 5.2 1.6 6.6 4.4-.5 1-1.2 1.9-2 2.6M10.3 11.9c-.7.3-1.5.5-2.3.5-2.8 0-5.2-1.6-6.6-4.4.6-1.2 1.4-2.2 2.4-2.9M2.5 2.5l11 11" />
  ),
  star: <path d="m8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6z" />,
  undo: <path d="M2.5 6.5h7a3.8 3.8 0 0 1 0 7.5H6M5.6 3.2 2.4 6.5l3.2 3.3" />,
  redo: <path d="M13.5 6.5h-7a3.8 3.8 0 0 0 0 7.5H10M10.4 3.2l3.2 3.3-3.2 3.3" />,
  fit: (
    <path d="M2 5.6V3.4A1.4 1.4 0 0 1 3.4 2h2.2M10.4 2h2.2A1.4 1.4 0 0 1 14 3.4v2.2M14 10.4v2.2a1.4 1.4 0 0 1-1.4 1.4h-2.2M5.6 14H3.4A1.4 1.4 0 0 1 2 12.6v-2.2" />
  ),
  layout: (
    <>
      <rect x="5.5" y="1.8" width="5" height="3.6" rx="1" />
      <rect x="1.6" y="10.6" width="5" height="3.6" rx="1" />
      <rect x="9.4" y="10.6" width="5" height="3.6" rx="1" />
      <path d="M8 5.4V8M4.1 10.6V9a1 1 0 0 1 1-1h5.8a1 1 0 0 1 1 1v1.6" />
    </>
  ),
  grip: (
    <>
      <circle cx="6" cy="4" r=".9" fill="currentColor" stroke="none" />
      <circle cx="10" cy="4" r=".9" fill="currentColor" stroke="none" />
      <circle cx="6" cy="8" r=".9" fill="currentColor" stroke="none" />
      <circle cx="10" cy="8" r=".9" fill="currentColor" stroke="none" />
      <circle cx="6" cy="12" r=".9" fill="currentColor" stroke="none" />
      <circle cx="10" cy="12" r=".9" fill="currentColor" stroke="none" />
    </>
  ),
  keyboard: (
    <>
      <rect x="1.5" y="3.5" width="13" height="9" rx="1.5" />
      <path d="M4.2 6.5h.1M6.8 6.5h.1M9.3 6.5h.1M11.8 6.5h.1M4.2 9.6h7.6" />
    </>
  ),
  help: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M6.2 6.3A1.9 1.9 0 0 1 8 5c1.1 0 1.9.7 1.9 1.7 0 1.4-1.9 1.5-1.9 2.7M8 11.3v.1" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 1.8v12.4a6.2 6.2 0 0 0 0-12.4z" fill="currentColor" />
    </>
  ),
  menu: <path d="M2 4.5h12M2 11.5h12" />,
  panel: (
    <>
      <rect x="1.8" y="2.5" width="12.4" height="11" rx="1.5" />
      <path d="M6 2.5v11" />
    </>
  ),
  send: <path d="M8 13.5v-11M3.8 6.7 8 2.5l4.2 4.2" />,
  arrow: <path d="M2.5 8h11M9.3 3.8 13.5 8l-4.2 4.2" />,
  up: <path d="M8 13V3M4 7l4-4 4 4" />,
  fall: <path d="M8 3v10M4 9l4 4 4-4" />,
  good: (
    <path d="M5 13.5V7.2L8 1.8a1.5 1.5 0 0 1 1.5 1.5V6H13a1.3 1.3 0 0 1 1.3 1.6l-1.2 4.9a1.3 1.3 0 0 1-1.3 1zM5 7.2H2.2v6.3H5" />
  ),
  poor: (
    <path d="M11 2.5v6.3l-3 5.4a1.5 1.5 0 0 1-1.5-1.5V10H3a1.3 1.3 0 0 1-1.3-1.6l1.2-4.9a1.3 1.3 0 0 1 1.3-1zM11 8.8h2.8V2.5H11" />
  ),
  edit: <path d="m10.6 2.6 2.8 2.8-7.8 7.8-3.4.6.6-3.4zM8.8 4.4l2.8 2.8" />,
  attach: <path d="m13.4 7.4-5.6 5.6a3.5 3.5 0 0 1-5-5l5.9-5.8a2.3 2.3 0 0 1 3.3 3.3l-5.6 5.6a1.2 1.2 0 0 1-1.7-1.7l5-5" />,
  diff: (
    <>
      <rect x="2" y="2.5" width="5" height="11" rx="1.2" />
      <path d="M10.5 2.5h2.3A1.2 1.2 0 0 1 14 3.7V6M14 9v3.3a1.2 1.2 0 0 1-1.2 1.2h-2.3" />
    </>
  ),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof icons;
