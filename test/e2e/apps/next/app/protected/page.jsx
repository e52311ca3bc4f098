import { auth, currentUser } from '@clerk/nextjs/server';

/** Made on the server: from the session token alone, and from the user as the server API tells. */
export default async function Protected() {
  const { userId, sessionId } = await auth();
  const user = await currentUser();
  return (
    <main>
      User <output data-testid="user">{userId}</output>, session <output data-testid="session">{sessionId}</output>,
      address <output data-testid="email">{user.primaryEmailAddress.emailAddress}</output>
    </main>
  );
}
