import { Anchor, Button, Card, Group, Menu, Select, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Endpoint, Stats } from './api.js';
import { EndpointForm } from './endpoints.js';
import { MessageTable } from './messages.js';
import { Json, Problem, Show, Status, useAction, useLoad } from './parts.js';
import { useApi } from './api-context.js';

/** One endpoint: what came of its messages, tests, and its settings. */
export function EndpointPage({ id }: { id: string }) {
  const api = useApi();
  const path = `/endpoint/${id}`;
  const endpoint = useLoad(() => api.get<Endpoint>(path), [id]);
  return (
    <Show loaded={endpoint}>
      {(shown) => (
        <Stack>
          <Anchor href="#/endpoints" size="sm">
            All endpoints
          </Anchor>
          <Group>
            <Title order={3}>{shown.url}</Title>
            <Status text={shown.disabled ? 'disabled' : 'enabled'} />
          </Group>
          {shown.description && <Text c="dimmed">{shown.description}</Text>}
          <Counts path={path} />
          <Tabs defaultValue="messages" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="messages">Messages</Tabs.Tab>
              {api.can('CreateAttempts') && <Tabs.Tab value="testing">Testing</Tabs.Tab>}
              <Tabs.Tab value="secret">Signing secret</Tabs.Tab>
              {api.can('ManageEndpoint') && <Tabs.Tab value="settings">Settings</Tabs.Tab>}
            </Tabs.List>
            <Tabs.Panel value="messages" pt="md">
              <EndpointMessages endpoint={shown} />
            </Tabs.Panel>
            <Tabs.Panel value="testing" pt="md">
              <Testing path={path} />
            </Tabs.Panel>
            <Tabs.Panel value="secret" pt="md">
              <Secret path={path} />
            </Tabs.Panel>
            <Tabs.Panel value="settings" pt="md">
              <Settings endpoint={shown} changed={endpoint.reload} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      )}
    </Show>
  );
}

function Counts({ path }: { path: string }) {
  const api = useApi();
  const stats = useLoad(() => api.get<Stats>(`${path}/stats`), [path]);
  return (
    <Show loaded={stats}>
      {(counts) => (
        <SimpleGrid cols={4}>
          {(['success', 'pending', 'fail', 'canceled'] as const).map((name) => (
            <Card key={name} withBorder padding="xs">
              <Text size="xs" c="dimmed">
                {name}
              </Text>
              <Text fw={600}>{counts[name]}</Text>
            </Card>
          ))}
        </SimpleGrid>
      )}
    </Show>
  );
}

const SPANS = [
  ['the last hour', 1],
  ['the last day', 24],
  ['the last week', 168],
  ['the last two weeks', 335],
] as const;

function EndpointMessages({ endpoint }: { endpoint: Endpoint }) {
  const api = useApi();
  const [turn, setTurn] = useState(0);
  const [note, setNote] = useState<string>();
  const { isBusy, error, run } = useAction();
  const start = (call: string, hours: number, words: string) =>
    run(async () => {
      const since = new Date(Date.now() - hours * 3_600_000).toISOString();
      await api.post(`/endpoint/${endpoint.id}/${call}`, { since });
      setNote(words);
    });
  return (
    <Stack>
      <Group justify="flex-end">
        {note && <Text size="sm">{note}</Text>}
        <Button variant="default" onClick={() => setTurn((n) => n + 1)}>
          Refresh
        </Button>
        {api.can('CreateAttempts') && (
          <Menu>
            <Menu.Target>
              <Button variant="default" loading={isBusy} disabled={endpoint.disabled}>
                Replay
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>What has failed since</Menu.Label>
              {SPANS.map(([span, hours]) => (
                <Menu.Item key={span} onClick={() => start('recover', hours, 'Failed messages are being sent again.')}>
                  {span}
                </Menu.Item>
              ))}
              <Menu.Label>What was never sent here since</Menu.Label>
              {SPANS.map(([span, hours]) => (
                <Menu.Item
                  key={span}
                  onClick={() => start('replay-missing', hours, 'Missing messages are being sent.')}
                >
                  {span}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <Problem text={error} />
      <MessageTable key={turn} path={`/endpoint/${endpoint.id}/msg`} endpointId={endpoint.id} />
    </Stack>
  );
}

function Testing({ path }: { path: string }) {
  const api = useApi();
  const types = useLoad(() => api.eventTypes(), []);
  const [name, setName] = useState<string | null>(null);
  const [sent, setSent] = useState<string>();
  const { isBusy, error, run } = useAction();
  const examples = types.data?.find((type) => type.name === name)?.schemas;
  const send = () =>
    run(async () => {
      const { id } = await api.post<{ id: string }>(`${path}/send-example`, { eventType: name! });
      setSent(id);
    });
  return (
    <Stack maw={640}>
      <Select
        label="Event type"
        placeholder="Choose a type"
        searchable
        data={types.data?.map((type) => type.name) ?? []}
        value={name}
        onChange={setName}
      />
      {examples && <Json value={Object.values(examples)[0]?.examples?.[0]} />}
      <Group>
        <Button disabled={!name} loading={isBusy} onClick={send}>
          Send example
        </Button>
        {sent && <Text size="sm">Sent as {sent}</Text>}
      </Group>
      <Problem text={error} />
    </Stack>
  );
}

function Secret({ path }: { path: string }) {
  const api = useApi();
  const [secret, setSecret] = useState<string>();
  const { isBusy, error, run } = useAction();
  const show = async () => setSecret((await api.get<{ key: string }>(`${path}/secret`)).key);
  const rotate = async () => {
    await api.post(`${path}/secret/rotate`, {});
    await show();
  };
  return (
    <Stack maw={640}>
      <Text size="sm">Receivers verify with it that a message comes from here.</Text>
      {secret && <Json value={secret} />}
      <Group>
        <Button variant="default" loading={isBusy} onClick={() => run(show)}>
          Show secret
        </Button>
        {api.can('ManageEndpointSecret') && (
          <Button
            color="red"
            variant="light"
            loading={isBusy}
            onClick={() => confirm('Make a new secret? The old one signs as well for 24 hours.') && run(rotate)}
          >
            Rotate secret
          </Button>
        )}
      </Group>
      <Problem text={error} />
    </Stack>
  );
}

function Settings({ endpoint, changed }: { endpoint: Endpoint; changed: () => void }) {
  const api = useApi();
  const path = `/endpoint/${endpoint.id}`;
  const { isBusy, error, run } = useAction();
  const patch = async (body: object) => {
    await api.patch(path, body);
    changed();
  };
  const remove = async () => {
    await api.delete(path);
    location.hash = '#/endpoints';
  };
  return (
    <Stack maw={640}>
      <EndpointForm label="Save" endpoint={endpoint} save={patch} />
      <Problem text={error} />
      <Group>
        <Button variant="default" loading={isBusy} onClick={() => run(() => patch({ disabled: !endpoint.disabled }))}>
          {endpoint.disabled ? 'Enable' : 'Disable'}
        </Button>
        <Button
          color="red"
          variant="light"
          loading={isBusy}
          onClick={() => confirm('Delete this endpoint?') && run(remove)}
        >
          Delete endpoint
        </Button>
      </Group>
    </Stack>
  );
}
