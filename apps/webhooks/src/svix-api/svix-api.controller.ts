import { All, Get, HttpCode } from '@nestjs/common';
import { SvixController } from './svix-controller.js';
import { svixError } from './svix-errors.js';

/** What remains of the svix API: its health, and everything that is not there. */
@SvixController('')
export class SvixApiController {
  @Get('health')
  @HttpCode(204)
  health(): void {
    // That it answers is the answer.
  }

  @All('*')
  unknown(): never {
    throw svixError(404, 'not_found', 'This call is not supported.');
  }
}
