import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';

const isProtected = createRouteMatcher(['/protected(.*)', '/team(.*)', '/admin(.*)', '/invoices(.*)', '/api(.*)']);
const isForWriters = createRouteMatcher(['/invoices(.*)']);

export default clerkMiddleware(async (auth, request) => {
  if (isProtected(request)) await auth.protect();
  if (isForWriters(request)) await auth.protect({ permission: 'org:invoices:create' });
});

export const config = { matcher: ['/((?!_next|favicon.ico).*)'] };
