import { auth } from '@clerk/nextjs/server';

/** Does not exist for others. */
export default async function Admin() {
  await auth.protect({ role: 'org:admin' });
  return <p>The admins’ own page</p>;
}
