import { Alert, AppShell, Button, Center, Container, Group, Loader, NavLink, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ApiContext } from './api-context.js';
import { Api, forgetSession, openSession, storedSession, type Session } from './api.js';
import { Catalogue } from './catalogue.js';
import { EndpointPage } from './endpoint.js';
import { Endpoints } from './endpoints.js';
import { Messages } from './messages.js';

/** What stands behind the # of the address, as a path. */
function useRoute(): string[] {
  const read = () => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean);
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => setRoute(read());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

let opening: Promise<Session> | undefined;

/** The session: from the link that led here, else the one that this tab has. */
function useSession() {
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const [, key] = /^#key=(.+)$/.exec(location.hash) ?? [];
    if (!key) {
      const stored = storedSession();
      if (stored) setSession(stored);
      else setProblem('Ask for a new link: this page is opened by one.');
      return;
    }
    // A link works once, and React may run an effect twice.
    opening ??= openSession(key);
    opening
      .then((opened) => {
        history.replaceState(null, '', '#/endpoints');
        setSession(opened);
      })
      .catch((error: Error) => setProblem(error.message));
  }, []);
  return { session, problem };
}

/** The portal: everything that a person does with an instance's webhooks. */
export function Portal() {
  const { session, problem } = useSession();
  if (problem) {
    return (
      <Container size="xs" pt="xl">
        <Alert color="red" title="This link does not work">
          {problem}
        </Alert>
      </Container>
    );
  }
  if (!session) {
    return (
      <Center h="60vh">
        <Loader />
      </Center>
    );
  }
  return (
    <ApiContext value={new Api(session)}>
      <Shell />
    </ApiContext>
  );
}

function Shell() {
  const [page = 'endpoints', id] = useRoute();
  const [isOver, setIsOver] = useState(false);
  if (isOver) {
    return (
      <Container size="xs" pt="xl">
        <Alert title="Signed out">Ask for a new link to come back.</Alert>
      </Container>
    );
  }
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 200, breakpoint: 'sm' }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Title order={4}>Webhooks</Title>
          <Button variant="subtle" size="xs" onClick={() => (forgetSession(), setIsOver(true))}>
            Sign out
          </Button>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <NavLink href="#/endpoints" label="Endpoints" active={page === 'endpoints'} />
        <NavLink href="#/messages" label="Messages" active={page === 'messages'} />
        <NavLink href="#/catalogue" label="Event catalogue" active={page === 'catalogue'} />
      </AppShell.Navbar>
      <AppShell.Main>
        {page === 'endpoints' && (id ? <EndpointPage key={id} id={id} /> : <Endpoints />)}
        {page === 'messages' && <Messages />}
        {page === 'catalogue' && <Catalogue />}
        {!['endpoints', 'messages', 'catalogue'].includes(page) && <Text>There is no such page.</Text>}
      </AppShell.Main>
    </AppShell>
  );
}
