import { Accordion, Stack, Text, Title } from '@mantine/core';
import { Json, Show, useLoad } from './parts.js';
import { useApi } from './api-context.js';

/** Every event type, with what it tells and an example. */
export function Catalogue() {
  const api = useApi();
  const types = useLoad(() => api.eventTypes(), []);
  return (
    <Stack>
      <Title order={3}>Event catalogue</Title>
      <Show loaded={types}>
        {(shown) => (
          <Accordion keepMounted={false}>
            {shown.map((type) => (
              <Accordion.Item key={type.name} value={type.name}>
                <Accordion.Control>
                  <Text fw={500}>{type.name}</Text>
                  <Text size="sm" c="dimmed">
                    {type.description}
                  </Text>
                </Accordion.Control>
                <Accordion.Panel>
                  <Json value={Object.values(type.schemas ?? {}).at(-1)?.examples?.[0] ?? 'There is no example.'} />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )}
      </Show>
    </Stack>
  );
}
