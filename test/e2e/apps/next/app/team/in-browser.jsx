'use client';

import { useAuth } from '@clerk/nextjs';

/** The same once more, decided in the browser. */
export function InBrowser() {
  const { isLoaded, has } = useAuth();
  const may = isLoaded && { isAdmin: has({ role: 'org:admin' }), writes: has({ permission: 'org:invoices:create' }) };
  return <output data-testid="in-browser">{JSON.stringify(may)}</output>;
}
