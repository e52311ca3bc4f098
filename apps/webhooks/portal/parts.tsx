import { Alert, Badge, Center, Code, Loader, ScrollArea } from '@mantine/core';
import { useCallback, useEffect, useState, type ReactNode } from 'react';

/** What is loaded, and loading it again. */
export interface Loaded<T> {
  data: T | undefined;
  error: string | undefined;
  reload: () => void;
}

/** Loads when the component appears and when `inputs` change. */
export function useLoad<T>(load: () => Promise<T>, inputs: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: string }>({});
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    let isCurrent = true;
    load()
      .then((data) => isCurrent && setState({ data }))
      .catch((error: Error) => isCurrent && setState(({ data }) => ({ data, error: error.message })));
    return () => {
      isCurrent = false;
    };
  }, [turn, ...inputs]);
  return { data: state.data, error: state.error, reload };
}

/** Shows what was loaded, or that it is on its way, or what went wrong. */
export function Show<T>({ loaded, children }: { loaded: Loaded<T>; children: (data: T) => ReactNode }) {
  return (
    <>
      <Problem text={loaded.error} />
      {loaded.data !== undefined
        ? children(loaded.data)
        : !loaded.error && (
            <Center p="xl">
              <Loader size="sm" />
            </Center>
          )}
    </>
  );
}

/** Something that did not work. */
export function Problem({ text }: { text: string | undefined }) {
  return text ? (
    <Alert color="red" my="sm" role="alert">
      {text}
    </Alert>
  ) : null;
}

/** An action with its progress and its failure. */
export function useAction() {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = async (action: () => Promise<unknown>) => {
    setIsBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (problem) {
      setError((problem as Error).message);
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, error, run: (action: () => Promise<unknown>) => void run(action) };
}

const COLORS: Record<string, string> = {
  success: 'green',
  fail: 'red',
  pending: 'yellow',
  sending: 'blue',
  canceled: 'gray',
  disabled: 'gray',
  enabled: 'green',
};

/** A state in its color. */
export function Status({ text }: { text: string }) {
  return (
    <Badge color={COLORS[text] ?? 'gray'} variant="light">
      {text}
    </Badge>
  );
}

/** JSON, or text that may be JSON, to look at. */
export function Json({ value }: { value: unknown }) {
  return (
    <ScrollArea.Autosize mah={360}>
      <Code block>{typeof value === 'string' ? pretty(value) : JSON.stringify(value, null, 2)}</Code>
    </ScrollArea.Autosize>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text || '(empty)';
  }
}

/** A moment in the words of whoever looks at it. */
export const moment = (iso: string) => new Date(iso).toLocaleString();
