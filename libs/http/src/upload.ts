import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { refusal } from '@latchkey/core';
import type { FastifyRequest } from 'fastify';

/** Largest picture that is taken. */
const MAX_BYTES = 10 * 1024 * 1024;

/** A file that a caller has sent. */
export interface UploadedFile {
  name: string;
  bytes: Buffer;
}

/**
 * The uploaded file of the request, for a handler's parameter: the part `file` of a multipart form, or a body that is the file
 * itself or its data URL (clerk-js sends each of them).
 *
 * @throws `request_body_invalid` (400) without a file, `image_too_large` (413) above 10 MB
 */
export const Upload = createParamDecorator((_: unknown, host: ExecutionContext): Promise<UploadedFile> =>
  readUpload(host.switchToHttp().getRequest()),
);

async function readUpload({ body, headers }: FastifyRequest): Promise<UploadedFile> {
  const file = Buffer.isBuffer(body) ? await fileIn(body, headers['content-type'] ?? '') : undefined;
  if (!file || file.bytes.length === 0) throw noFile();
  if (file.bytes.length > MAX_BYTES) throw imageTooLarge();
  return file;
}

async function fileIn(body: Buffer, contentType: string): Promise<UploadedFile | undefined> {
  if (contentType.startsWith('multipart/form-data')) return fileOfForm(body, contentType);
  const [, base64] = /^data:[\w/+.-]+;base64,(.+)$/s.exec(body.subarray(0, 64).toString('latin1')) ?? [];
  if (base64 === undefined) return { name: 'file', bytes: body };
  return { name: 'file', bytes: Buffer.from(body.subarray(body.indexOf(',') + 1).toString('latin1'), 'base64') };
}

async function fileOfForm(body: Buffer, contentType: string): Promise<UploadedFile | undefined> {
  const request = new Request('http://upload', {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(body),
  });
  const form = await request.formData().catch(() => undefined);
  const file = form?.get('file');
  if (file instanceof Blob)
    return { name: (file as Blob & { name?: string }).name || 'file', bytes: Buffer.from(await file.arrayBuffer()) };
  return file ? fileIn(Buffer.from(file), 'application/octet-stream') : undefined;
}

const noFile = () =>
  refusal(400, 'request_body_invalid', 'Request body invalid', 'Send a picture in the field named file.', {
    param_name: 'file',
  });

const imageTooLarge = () =>
  refusal(413, 'image_too_large', 'Image too large', 'The picture must not be larger than 10 MB.', {
    param_name: 'file',
  });
