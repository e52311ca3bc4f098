import { Button, Card, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Attempt, List, Message } from './api.js';
import { Json, moment, Problem, Show, Status, useAction, useLoad } from './parts.js';
import { useApi } from './api-context.js';

/** Every message of the application. */
export function Messages() {
  return (
    <Stack>
      <Title order={3}>Messages</Title>
      <MessageTable path="/msg" />
    </Stack>
  );
}

/** Messages, newest first; a click shows one with what was tried. */
export function MessageTable({ path, endpointId }: { path: string; endpointId?: string }) {
  const api = useApi();
  const [pages, setPages] = useState<(string | undefined)[]>([undefined]);
  const iterator = pages.at(-1);
  const load = () =>
    api.get<List<Message>>(`${path}?limit=50&expanded_statuses=true${iterator ? `&iterator=${iterator}` : ''}`);
  const loaded = useLoad(load, [path, iterator]);
  const [chosen, setChosen] = useState<Message>();
  return (
    <Show loaded={loaded}>
      {({ data, done, iterator: next }) => (
        <>
          {data.length === 0 && <Text c="dimmed">There are no messages.</Text>}
          <Table highlightOnHover>
            <Table.Tbody>
              {data.map((message) => (
                <Table.Tr key={message.id} style={{ cursor: 'pointer' }} onClick={() => setChosen(message)}>
                  <Table.Td>{message.eventType}</Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed" ff="monospace">
                      {message.id}
                    </Text>
                  </Table.Td>
                  <Table.Td>{moment(message.timestamp)}</Table.Td>
                  <Table.Td>{message.statusText && <Status text={message.statusText} />}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Group mt="sm">
            {pages.length > 1 && (
              <Button variant="default" onClick={() => setPages(pages.slice(0, -1))}>
                Newer
              </Button>
            )}
            {!done && next && (
              <Button variant="default" onClick={() => setPages([...pages, next])}>
                Older
              </Button>
            )}
          </Group>
          <Drawer
            opened={chosen !== undefined}
            onClose={() => setChosen(undefined)}
            position="right"
            size="xl"
            title={chosen?.eventType}
          >
            {chosen && <MessageDetails message={chosen} endpointId={endpointId} />}
          </Drawer>
        </>
      )}
    </Show>
  );
}

/** A message: what was sent, and each attempt with its answer. */
function MessageDetails({ message, endpointId }: { message: Message; endpointId?: string }) {
  const api = useApi();
  const filter = endpointId ? `&endpoint_id=${endpointId}` : '';
  const attempts = useLoad(
    () => api.get<List<Attempt>>(`/attempt/msg/${message.id}?limit=250&expanded_statuses=true${filter}`),
    [message.id],
  );
  const { isBusy, error, run } = useAction();
  const resend = () =>
    run(async () => {
      await api.post(`/msg/${message.id}/endpoint/${endpointId}/resend`);
      // It is on its way; its answer takes a moment.
      await new Promise((done) => setTimeout(done, 700));
      attempts.reload();
    });
  return (
    <Stack>
      <Text size="sm">
        {message.id}, {moment(message.timestamp)}
        {message.nextAttempt && message.statusText === 'pending' && `; next attempt ${moment(message.nextAttempt)}`}
      </Text>
      <Title order={5}>Request body</Title>
      <Json value={message.payload} />
      <Group justify="space-between">
        <Title order={5}>Attempts</Title>
        <Group>
          <Button variant="default" size="xs" onClick={attempts.reload}>
            Refresh
          </Button>
          {endpointId && api.can('CreateAttempts') && (
            <Button size="xs" loading={isBusy} onClick={resend}>
              Resend
            </Button>
          )}
        </Group>
      </Group>
      <Problem text={error} />
      <Show loaded={attempts}>
        {({ data }) => (
          <Stack>
            {data.length === 0 && <Text c="dimmed">Nothing was tried yet.</Text>}
            {data.map((attempt) => (
              <Card key={attempt.id} withBorder padding="sm">
                <Group mb="xs">
                  <Status text={attempt.statusText} />
                  <Text size="sm">{attempt.responseStatusCode || 'no answer'}</Text>
                  <Text size="sm">{attempt.responseDurationMs} ms</Text>
                  <Text size="sm">{moment(attempt.timestamp)}</Text>
                  {attempt.triggerType === 1 && <Text size="sm">by hand</Text>}
                </Group>
                <Text size="xs" c="dimmed">
                  {attempt.url}
                </Text>
                <Json value={attempt.response} />
              </Card>
            ))}
          </Stack>
        )}
      </Show>
    </Stack>
  );
}
