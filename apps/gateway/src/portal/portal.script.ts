import type { Clerk as LoadedClerk, ClerkOptions } from '@clerk/shared/types';
import type { ScriptedPage } from './portal-pages.js';

type Clerk = LoadedClerk & {
  load(options: ClerkOptions): Promise<void>;
  __internal_environment?: {
    displayConfig: { applicationName: string; afterSignInUrl: string; afterSignUpUrl: string; homeUrl: string };
    userSettings: { signUp: { mode: string } };
  };
};
type PortalWindow = Window & { Clerk: Clerk; __internal_ClerkUICtor: unknown };

/**
 * Shows the component of a page of the account portal. It is sent to the browser as text, so it uses nothing from outside
 * its own body.
 */
export function portalScript(): void {
  const {
    page,
    base = '',
    origins = '',
  } = document.currentScript!.dataset as {
    page: ScriptedPage;
    base?: string;
    origins?: string;
  };
  const root = document.getElementById('portal') as HTMLDivElement;
  const { Clerk: clerk, __internal_ClerkUICtor } = window as unknown as PortalWindow;
  const query = new URLSearchParams(location.search);

  const say = (text: string) => {
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    root.replaceChildren(paragraph);
  };

  const isSignedIn = () => {
    if (clerk.session) return true;
    void clerk.redirectToSignIn({ signInFallbackRedirectUrl: location.href });
    return false;
  };

  const target = (kind: 'afterSignInUrl' | 'afterSignUpUrl') => {
    const display = clerk.__internal_environment?.displayConfig;
    return display?.[kind] || display?.homeUrl || `${base}/user`;
  };

  /** Below it stand the steps of the component that is shown, when that keeps them in the path. */
  let stepsPath: string | undefined;
  const path = (name: string) => {
    stepsPath = `${base}/${name}`;
    return { routing: 'path', path: stepsPath } as const;
  };

  /** Tells the page that has opened this window what came of it; only that page's own origin gets an address. */
  const answerOpener = () => {
    const returnUrl = query.get('return_url');
    const opener = window.opener as Window | null;
    if (returnUrl) opener?.postMessage({ return_url: returnUrl }, new URL(returnUrl).origin);
    else if (clerk.session) opener?.postMessage({ session: clerk.session.id }, '*');
    say('You can close this window.');
  };

  const verifyLink = async () => {
    try {
      await clerk.handleEmailLinkVerification({
        redirectUrl: `${base}/sign-in`,
        redirectUrlComplete: target('afterSignInUrl'),
        onVerifiedOnOtherDevice: () => say('Verified. Go back to the window in which you began.'),
      });
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === 'expired') say('This link has expired. Ask for a new one where you began.');
      else if (code === 'client_mismatch') say('Open this link on the device and in the browser in which you began.');
      else say('This link could not be verified. Ask for a new one where you began.');
    }
  };

  const showTask = () => {
    const props = { redirectUrlComplete: target('afterSignInUrl') };
    if (location.pathname.includes('reset-password')) clerk.mountTaskResetPassword(root, props);
    else if (location.pathname.includes('setup-mfa')) clerk.mountTaskSetupMFA(root, props);
    else clerk.mountTaskChooseOrganization(root, props);
  };

  /** The one that is active, or what to choose from when none is. */
  const showOrganization = () => {
    if (clerk.organization) clerk.mountOrganizationProfile(root, path('organization'));
    else
      clerk.mountOrganizationList(root, {
        afterSelectOrganizationUrl: `${base}/organization`,
        afterCreateOrganizationUrl: `${base}/organization`,
      });
  };

  /** For whoever is signed in, the links that are theirs. */
  const showHome = () => {
    for (const link of document.querySelectorAll<HTMLElement>('[data-for]'))
      link.hidden = (link.dataset.for === 'signed-in') !== Boolean(clerk.session);
    if (clerk.session) clerk.mountUserButton(root, { showName: true });
  };

  /**
   * Goes on within the page when only its component's step changes: a page that is loaded anew would ask once more for the code
   * that the step before has asked for.
   */
  const go = (kind: 'pushState' | 'replaceState') => (to: string, how?: { windowNavigate(to: string): void }) => {
    const { origin, pathname, href } = new URL(to, location.href);
    const isStep = origin === location.origin && stepsPath !== undefined && `${pathname}/`.startsWith(`${stepsPath}/`);
    if (isStep) history[kind](null, '', href);
    else if (how) how.windowNavigate(href);
    else location.assign(href);
  };

  const show: Record<ScriptedPage, () => unknown> = {
    home: showHome,
    'sign-in': () =>
      clerk.mountSignIn(root, {
        ...path('sign-in'),
        signUpUrl: `${base}/sign-up`,
        fallbackRedirectUrl: target('afterSignInUrl'),
        signUpFallbackRedirectUrl: target('afterSignUpUrl'),
      }),
    'sign-up': () =>
      clerk.mountSignUp(root, {
        ...path('sign-up'),
        signInUrl: `${base}/sign-in`,
        fallbackRedirectUrl: target('afterSignUpUrl'),
        signInFallbackRedirectUrl: target('afterSignInUrl'),
      }),
    user: () => isSignedIn() && clerk.mountUserProfile(root, path('user')),
    organization: () => isSignedIn() && showOrganization(),
    'create-organization': () => isSignedIn() && clerk.mountCreateOrganization(root, path('create-organization')),
    waitlist: () =>
      clerk.__internal_environment?.userSettings.signUp.mode === 'waitlist'
        ? clerk.mountWaitlist(root, { signInUrl: `${base}/sign-in` })
        : say('There is no waitlist here.'),
    tasks: () => isSignedIn() && showTask(),
    verify: verifyLink,
    'oauth-consent': () => isSignedIn() && clerk.mountOAuthConsent(root, {}),
    'popup-callback': answerOpener,
    'unauthorized-sign-in': () =>
      say('Somebody has signed in to your account, and you have said that it was not you. The session has been ended.'),
  };

  const start = async () => {
    await clerk.load({
      ui: { ClerkUI: __internal_ClerkUICtor },
      telemetry: false,
      signInUrl: `${base}/sign-in`,
      signUpUrl: `${base}/sign-up`,
      routerPush: go('pushState'),
      routerReplace: go('replaceState'),
      // In development an app may live anywhere; in production the server lists where.
      allowedRedirectOrigins: origins ? origins.split(' ') : [/^https?:\/\//],
    } as ClerkOptions);
    const name = clerk.__internal_environment?.displayConfig.applicationName;
    if (name) document.title = name;
    await show[page]();
  };

  start().catch((error: unknown) => {
    console.error(error);
    say('This page could not be loaded. Reload it to try again.');
  });
}
