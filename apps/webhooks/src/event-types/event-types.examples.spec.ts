/** @needs specs */
import { join } from 'node:path';
import { publicEventTypes, type PublicEventType } from '@latchkey/contracts';
// @ts-expect-error tools are JavaScript and have no declarations
import * as specs from '../../../../tools/contract/specs.mjs';
import { exampleOf } from './event-types.catalogue.js';

/** What this file uses of a tool that is written in JavaScript. */
interface SpecsTool {
  specsFolder(): string | undefined;
  Spec: new (file: string) => {
    document: unknown;
    problemsAt(schema: object, body: unknown): string[];
  };
}
const { Spec, specsFolder } = specs as SpecsTool;

const types = Object.keys(publicEventTypes) as PublicEventType[];

/** Where the document contradicts itself: it closes an object and then adds to it, or leaves out the state that its event is about. */
const CONTRADICTIONS = [
  /^(session|organizationInvitation)\..*: \/data must NOT have additional properties$/,
  /^session\.pending: \/data\/status must be equal/,
  /^organizationInvitation\..*: \/data must have required property 'data'$/,
  /^organizationInvitation\..*: \/data\/public_organization_data is not in the document$/,
];

describe('examples of events', () => {
  const spec = new Spec(join(specsFolder()!, 'webhooks', '2025-04-15.yml'));

  it.each(types)('%s is as the contract has it', (type) => {
    const at = `/x-webhooks/${type}/post/requestBody/content/application~1json/schema`;
    const schema = at
      .split('/')
      .slice(1)
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key.replace('~1', '/')], spec.document);

    const problems = spec
      .problemsAt(schema as object, exampleOf(type, 'ins_example', new Date()))
      .map((problem) => `${type}: ${problem}`);

    expect(problems.filter((problem) => !CONTRADICTIONS.some((known) => known.test(problem)))).toEqual([]);
  });
});
