import { auth } from '@clerk/nextjs/server';

export async function GET() {
  const { userId, sessionId, orgId, has } = await auth();
  const isAdmin = has({ role: 'org:admin' });
  return Response.json({ userId, sessionId, orgId, isAdmin, writes: has({ permission: 'org:invoices:create' }) });
}
