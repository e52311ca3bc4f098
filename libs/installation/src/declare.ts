import { systemContext } from '@latchkey/clients';
import { CONTEXT_HEADER } from '@latchkey/contracts';
import type { ApiErrorItem } from '@latchkey/core';
import { ContextSigner } from '@latchkey/http';
import { builtInDeclaration, instancesOf, type DeclarationSource, type DeclaredInstance } from './declaration-file.js';

/** What a declared instance has become. */
export interface AppliedInstance {
  name: string;
  instance_id: string;
  publishable_key: string;
  is_changed: boolean;
}

/** Hands a request to `identity`, however it is reached. */
export type AskIdentity = (request: {
  method: 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}) => Promise<{ status: number; body: { toString(): string } }>;

/** The addresses of an installation's two public listeners. */
export interface PublicUrls {
  fapiUrl: string;
  bapiUrl: string;
}

/**
 * Brings applications and instances into the state that `source` declares; a second time changes nothing.
 *
 * @throws DeclarationError when something in it is unknown, impossible, or belongs to another instance
 */
export async function declare(
  ask: AskIdentity,
  contextKey: string,
  source: DeclarationSource,
): Promise<AppliedInstance[]> {
  const { status, body } = await ask({
    method: 'POST',
    path: '/internal/instances/declare',
    headers: {
      'content-type': 'application/json',
      [CONTEXT_HEADER]: new ContextSigner(contextKey).sign(systemContext('declare')),
    },
    body: JSON.stringify(source.declaration),
  });
  const answer = JSON.parse(body.toString()) as AppliedInstance[] | { errors: ApiErrorItem[] };
  if (Array.isArray(answer)) return answer;
  if (status < 500) throw source.explain(answer.errors);
  throw new Error(
    `identity could not apply the declaration: ${answer.errors.map(({ message }) => message).join(', ')}`,
  );
}

/** One application with a development instance: what an installation holds when nobody declares anything. */
export const defaultDeclaration = (urls: PublicUrls, secretKey: string): DeclarationSource =>
  builtInDeclaration({
    applications: [
      {
        name: 'My application',
        instances: [
          { name: 'development', environment: 'development', ...localAddress(urls), secret_keys: [secretKey] },
        ],
      },
    ],
  });

/**
 * Fills in what a declaration leaves to the installation: a development instance without `frontend_api` answers at the
 * installation's own address, and the first instance gets the installation's secret key when it declares none.
 */
export function completed(source: DeclarationSource, urls: PublicUrls, secretKey: string): DeclarationSource {
  const declaration = structuredClone(source.declaration);
  const instances = instancesOf(declaration);
  for (const instance of instances) {
    if (instance.environment === 'development' && instance.frontend_api === undefined)
      Object.assign(instance, { ...localAddress(urls), ...instance });
  }
  const [first] = instances;
  if (first && first.secret_keys === undefined) first.secret_keys = [keyFor(first, secretKey)];
  return { ...source, declaration };
}

/** A path that ends as the SDKs expect of a development host, on a host that nobody else can own. */
function localAddress({ fapiUrl }: PublicUrls) {
  const { host, port } = new URL(fapiUrl);
  return { frontend_api: `${host}/accounts.dev`, fapi_url: fapiUrl, hosts: [`localhost:${port}`] };
}

const keyFor = ({ environment }: DeclaredInstance, secretKey: string) =>
  environment === 'production' ? secretKey.replace(/^sk_test_/, 'sk_live_') : secretKey;
