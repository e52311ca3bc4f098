import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { unknownPath } from '../requests/gateway-errors.js';
import { BundlesService, type Encoding } from './bundles.service.js';

const YEAR = 'public, max-age=31536000, immutable';
const TEN_MINUTES = 'public, max-age=600';

/** The SDK's browser scripts at the paths that its loader asks for (`compat/fapi.md` 1.4). */
@Controller('/fapi/npm/@clerk')
export class NpmController {
  constructor(private readonly bundles: BundlesService) {}

  @Get(':package/dist/:file')
  async file(
    @Param('package') selector: string,
    @Param('file') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Any page may load it, and script tags ask without credentials.
    reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
    const [, packageName = '', version = ''] = /^([^@]+)@([^@]+)$/.exec(selector) ?? [];
    const file = this.bundles.find(`@clerk/${packageName}`, version, name);
    if (!file) throw unknownPath('GET', request.url.replace(/^\/fapi|\?.*$/g, ''));
    const encoding = encodingFor(request);
    const { bytes, etag } = await this.bundles.body(file, encoding);
    reply.headers({
      'content-type': file.contentType,
      'cache-control': file.isImmutable ? YEAR : TEN_MINUTES,
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
      etag,
    });
    if (request.headers['if-none-match'] === etag) return void reply.status(304).send();
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    void reply.send(bytes);
  }
}

function encodingFor(request: FastifyRequest): Encoding {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
}
