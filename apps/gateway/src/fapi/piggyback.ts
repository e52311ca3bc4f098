import type { ServiceResponse } from '@latchkey/clients';

/** A FAPI success: the resource, and the client as it is now. Joined as bytes, so that nobody parses it. */
export const wrapped = (resource: Buffer, client: Buffer): Buffer =>
  Buffer.concat([Buffer.from('{"response":'), resource, Buffer.from(',"client":'), client, Buffer.from('}')]);

/** A list that is read at the top level by some SDKs and in `response` by others. */
export const doubled = (resource: Buffer, client: Buffer): Buffer =>
  inObject(resource, `"response":${resource.toString()},"client":${client.toString()}`);

/** A FAPI refusal with the client as it is now: the SDK learns from it what a failed attempt has changed. */
export const refusedWith = (refusal: ServiceResponse, client: Buffer): Buffer =>
  inObject(refusal.body, `"meta":{"client":${client.toString()}},"client":${client.toString()}`);

/** A JSON object's text with more members at its end. */
function inObject(body: Buffer, members: string): Buffer {
  const end = body.lastIndexOf('}');
  if (end < 0) return body;
  const isEmpty = body.subarray(0, end).toString().trim() === '{';
  return Buffer.concat([body.subarray(0, end), Buffer.from(`${isEmpty ? '' : ','}${members}}`)]);
}
