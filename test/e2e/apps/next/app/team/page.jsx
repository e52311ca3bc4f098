import { Show } from '@clerk/nextjs';
import { auth } from '@clerk/nextjs/server';
import { InBrowser } from './in-browser.jsx';

/** What somebody may do in the active organization, decided while the page is made on the server. */
export default async function Team() {
  const { orgId, orgRole, has } = await auth();
  return (
    <main>
      In organization <output data-testid="organization">{orgId ?? 'none'}</output> as{' '}
      <output data-testid="role">{orgRole ?? 'nobody'}</output>
      <Show when={{ role: 'org:admin' }} fallback={<p>Not for you</p>}>
        <p>For admins</p>
      </Show>
      <Show when={{ permission: 'org:invoices:create' }} fallback={<p>You may not write invoices</p>}>
        <p>You may write invoices</p>
      </Show>
      {has({ role: 'org:member' }) && <p>One of the members</p>}
      <InBrowser />
    </main>
  );
}
