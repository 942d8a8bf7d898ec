import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { type Chromium, launchChromium, openTab, type Tab } from './support/chromium.ts';
import { oneKind } from './support/lanes.ts';
