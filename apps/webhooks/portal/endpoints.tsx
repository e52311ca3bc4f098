import {
  Anchor,
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import type { Endpoint, List } from './api.js';
import { Problem, Show, Status, useAction, useLoad } from './parts.js';
import { useApi } from './api-context.js';

/** The endpoints, and a way to add one. */
export function Endpoints() {
  const api = useApi();
  const loaded = useLoad(() => api.get<List<Endpoint>>('/endpoint?limit=250&order=descending'), []);
  const [isAdding, setIsAdding] = useState(false);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={3}>Endpoints</Title>
        {api.can('ManageEndpoint') && <Button onClick={() => setIsAdding(true)}>Add endpoint</Button>}
      </Group>
      <Show loaded={loaded}>
        {({ data }) =>
          data.length === 0 ? (
            <Text c="dimmed">Nothing is sent anywhere yet. Add the first endpoint.</Text>
          ) : (
            <Table highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>URL</Table.Th>
                  <Table.Th>Description</Table.Th>
                  <Table.Th>Events</Table.Th>
                  <Table.Th>State</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.map((endpoint) => (
                  <Table.Tr key={endpoint.id}>
                    <Table.Td>
                      <Anchor href={`#/endpoints/${endpoint.id}`}>{endpoint.url}</Anchor>
                    </Table.Td>
                    <Table.Td>{endpoint.description}</Table.Td>
                    <Table.Td>{endpoint.filterTypes?.join(', ') ?? 'all'}</Table.Td>
                    <Table.Td>
                      <Status text={endpoint.disabled ? 'disabled' : 'enabled'} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Show>
      <Modal opened={isAdding} onClose={() => setIsAdding(false)} title="Add endpoint" size="lg">
        <EndpointForm
          label="Create"
          save={async (input) => {
            const { id } = await api.post<Endpoint>('/endpoint', input);
            location.hash = `#/endpoints/${id}`;
          }}
        />
      </Modal>
    </Stack>
  );
}

/** What a person sets of an endpoint. */
export interface EndpointInput {
  url: string;
  description: string;
  filterTypes: string[] | null;
  throttleRate: number | null;
}

/** The fields of an endpoint. */
export function EndpointForm(props: {
  label: string;
  endpoint?: Endpoint;
  save: (input: EndpointInput) => Promise<unknown>;
}) {
  const api = useApi();
  const types = useLoad(() => api.eventTypes(), []);
  const { isBusy, error, run } = useAction();
  const [url, setUrl] = useState(props.endpoint?.url ?? '');
  const [description, setDescription] = useState(props.endpoint?.description ?? '');
  const [filterTypes, setFilterTypes] = useState(props.endpoint?.filterTypes ?? []);
  const [rate, setRate] = useState<number | string>(props.endpoint?.throttleRate ?? '');
  const names = types.data?.map(({ name }) => name) ?? [];
  const groups = [...new Set(types.data?.flatMap(({ groupName }) => groupName ?? []) ?? [])];
  const submit = () =>
    run(() =>
      props.save({
        url,
        description,
        filterTypes: filterTypes.length > 0 ? filterTypes : null,
        throttleRate: typeof rate === 'number' ? rate : null,
      }),
    );
  return (
    <form onSubmit={(event) => (event.preventDefault(), submit())}>
      <Stack>
        <TextInput
          label="URL"
          type="url"
          required
          placeholder="https://example.com/webhooks"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <MultiSelect
          label="Events"
          description="Single types or whole groups"
          placeholder="Everything"
          searchable
          clearable
          data={[
            { group: 'Groups', items: groups.map((name) => ({ value: name, label: `${name}.*` })) },
            { group: 'Types', items: names },
          ]}
          value={filterTypes}
          onChange={setFilterTypes}
        />
        <NumberInput label="Most messages per second" min={1} allowDecimal={false} value={rate} onChange={setRate} />
        <Problem text={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {props.label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
