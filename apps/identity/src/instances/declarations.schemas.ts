import { JsonObject } from '@latchkey/contracts';
import { z } from 'zod';
import { InstanceSettings } from './instances.settings.js';

const Host = z.string().regex(/^[a-z0-9.-]+(:\d+)?$/, { error: 'must be a host name, with a port if it has one' });

/** Pages and pictures of the app are led to from elsewhere: a path alone leads nowhere. */
const isWebAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Settings as they were written: checked, without the defaults of what is left out. */
const WrittenSettings = JsonObject.default({}).superRefine((settings, ctx) => {
  const { error } = InstanceSettings.safeParse(settings, { reportInput: true });
  for (const issue of error?.issues ?? []) ctx.issues.push(issue as never);
  const display = settings.display ?? {};
  for (const [name, value] of Object.entries(display)) {
    if (!/_url$|_origin$/.test(name) || value === '' || typeof value !== 'string' || isWebAddress(value)) continue;
    ctx.addIssue({
      code: 'custom',
      path: ['display', name],
      message: 'must be a whole address, https://... or http://...',
    });
  }
});

/** The letters in the keys of an instance, by what it is for; whoever reads a key relies on them. */
const KEY_KINDS = { development: 'test', production: 'live' } as const;

/** An instance as a configuration declares it. */
export const DeclaredInstance = z
  .strictObject({
    /** Its lasting name: a later declaration of this name changes the same instance. */
    name: z.string().regex(/^[a-z0-9-]+$/, { error: 'must be of small letters, digits and hyphens' }),
    environment: z.enum(['development', 'production']),
    /** The text inside the publishable key: FAPI's host, with port and path if any. */
    frontend_api: z.string().regex(/^(?!.*:\/\/)[a-z0-9.:/-]+\.[a-z0-9.:/-]+$/, {
      error: 'must be a host with a dot in it, without https://',
    }),
    /** Where browsers reach FAPI, when not at `https://` and the host inside the key. */
    fapi_url: z.url().optional(),
    /** Hosts at which FAPI answers besides. */
    hosts: z.array(Host).default([]),
    /** The host of the account portal, when it has its own. */
    accounts_host: Host.optional(),
    publishable_key: z.string().optional(),
    secret_keys: z.array(z.string().regex(/^sk_(test|live)_[A-Za-z0-9_]{20,}$/)).default([]),
    settings: WrittenSettings,
  })
  .superRefine(({ environment, publishable_key, secret_keys }, ctx) => {
    const kind = KEY_KINDS[environment];
    const check = (key: string, prefix: string, path: (string | number)[]) => {
      const begin = `${prefix}_${kind}_`;
      if (!key.startsWith(begin))
        ctx.addIssue({
          code: 'custom',
          path,
          message: `must begin with ${begin}, as the keys of a ${environment} instance do`,
        });
    };
    if (publishable_key !== undefined) check(publishable_key, 'pk', ['publishable_key']);
    secret_keys.forEach((key, index) => check(key, 'sk', ['secret_keys', index]));
  });
export type DeclaredInstance = z.output<typeof DeclaredInstance>;

/** Applications with their instances, as a configuration declares them. */
export const Declaration = z.strictObject({
  applications: z.array(z.strictObject({ name: z.string().min(1), instances: z.array(DeclaredInstance).min(1) })),
});
export type Declaration = z.output<typeof Declaration>;

/** Which instance gets a new signing key. */
export const KeyRotation = z.strictObject({
  /** The name under which it is declared, or its id. */
  instance: z.string(),
  /** How long the keys before it verify what they have signed; left out, as long as anything of it may be valid. */
  overlap_days: z.number().min(0).max(3650).optional(),
});
export type KeyRotation = z.output<typeof KeyRotation>;
