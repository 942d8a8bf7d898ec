import './styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { pagesQuery } from './data/pages.ts';
import { queryClient } from './data/query-client.ts';
import { sessionQuery } from './data/session.ts';
import { router } from './router.tsx';
import { TextProvider } from './text/text.tsx';
import { applyLook } from './theme.ts';

applyLook();
// Both are asked for at once; the navigation would wait for the session otherwise.
void queryClient.prefetchQuery(sessionQuery);
void queryClient.prefetchQuery(pagesQuery);
createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <TextProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TextProvider>
  </StrictMode>,
);
