import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Portal } from './portal.js';

createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto">
      <Portal />
    </MantineProvider>
  </StrictMode>,
);
