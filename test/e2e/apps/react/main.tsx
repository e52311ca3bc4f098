import { ClerkProvider, Show, SignIn, SignUp, UserButton, UserProfile, useAuth } from '@clerk/react';
import { createRoot } from 'react-dom/client';

// One build serves apps of several instances.
const env = (window as unknown as { latchkeySettings?: Record<string, string> }).latchkeySettings ?? import.meta.env;

/** What an app of a customer's looks like: one page each for signing up, signing in, the profile, and a home page. */
function App() {
  return (
    <ClerkProvider
      publishableKey={env.VITE_CLERK_PUBLISHABLE_KEY}
      proxyUrl={env.VITE_CLERK_PROXY_URL}
      __internal_clerkJSUrl={env.VITE_CLERK_JS_URL}
      __internal_clerkUIUrl={env.VITE_CLERK_UI_URL}
      telemetry={env.VITE_CLERK_TELEMETRY_DISABLED ? false : undefined}
      signInUrl="/sign-in"
      signUpUrl="/sign-up"
      afterSignOutUrl="/"
    >
      <Page path={window.location.pathname} />
    </ClerkProvider>
  );
}

function Page({ path }: { path: string }) {
  if (path.startsWith('/sign-in')) return <SignIn routing="path" path="/sign-in" />;
  if (path.startsWith('/sign-up')) return <SignUp routing="path" path="/sign-up" />;
  if (path.startsWith('/profile')) return <UserProfile routing="path" path="/profile" />;
  return <Home />;
}

function Home() {
  const { userId, sessionId } = useAuth();
  return (
    <main>
      <Show when="signed-in">
        <UserButton afterSwitchSessionUrl="/" />
        <p>
          Signed in as <output data-testid="user">{userId}</output>, session{' '}
          <output data-testid="session">{sessionId}</output>
        </p>
      </Show>
      <Show when="signed-out">
        <p>Nobody is signed in</p>
        <a href="/sign-in">Sign in</a> <a href="/sign-up">Sign up</a>
      </Show>
    </main>
  );
}

createRoot(document.getElementById('app')!).render(<App />);
