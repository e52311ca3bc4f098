import {
  ClerkProvider,
  CreateOrganization,
  OrganizationList,
  OrganizationProfile,
  OrganizationSwitcher,
  Show,
  SignIn,
  SignUp,
  TaskChooseOrganization,
  UserButton,
  UserProfile,
  useAuth,
} from '@clerk/react';
import { createRoot } from 'react-dom/client';

// One build serves apps of several instances.
const env = (window as unknown as { latchkeySettings?: Record<string, string> }).latchkeySettings ?? import.meta.env;

/** What an app of a customer's looks like: one page for each component, a home page, and one for whoever works in a team. */
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
      taskUrls={{ 'choose-organization': '/tasks' }}
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
  if (path.startsWith('/create-organization'))
    return <CreateOrganization routing="path" path="/create-organization" afterCreateOrganizationUrl="/team" />;
  if (path.startsWith('/organizations'))
    return (
      <OrganizationList
        afterCreateOrganizationUrl="/team"
        afterSelectOrganizationUrl="/team"
        afterSelectPersonalUrl="/team"
      />
    );
  if (path.startsWith('/organization'))
    return <OrganizationProfile routing="path" path="/organization" afterLeaveOrganizationUrl="/team" />;
  if (path.startsWith('/tasks')) return <TaskChooseOrganization redirectUrlComplete="/team" />;
  if (path.startsWith('/team')) return <Team />;
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

/** Shows the active organization, and what the user may do in it. */
function Team() {
  const { isLoaded, userId, orgId, orgRole, orgSlug, has } = useAuth();
  if (!isLoaded || !userId) return <p>Nobody is at work</p>;
  return (
    <main>
      <OrganizationSwitcher afterCreateOrganizationUrl="/team" afterLeaveOrganizationUrl="/team" />
      <p>
        In organization <output data-testid="organization">{orgId ?? 'none'}</output>, called{' '}
        <output data-testid="slug">{orgSlug}</output>, as <output data-testid="role">{orgRole}</output>
      </p>
      <Show when={{ role: 'org:admin' }} fallback={<p>Not for you</p>}>
        <p>For admins</p>
      </Show>
      <Show when={{ permission: 'org:invoices:create' }} fallback={<p>You may not write invoices</p>}>
        <p>You may write invoices</p>
      </Show>
      <p>
        Members are managed by you:{' '}
        <output data-testid="manages">{String(has({ permission: 'org:sys_memberships:manage' }))}</output>
      </p>
    </main>
  );
}

createRoot(document.getElementById('app')!).render(<App />);
