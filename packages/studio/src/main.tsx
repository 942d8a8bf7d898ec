import './styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './data/query-client.ts';
import { router } from './router.tsx';
import { TextProvider } from './text/text.tsx';
import { applyLook } from './theme.ts';

applyLook();
createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <TextProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TextProvider>
  </StrictMode>,
);
