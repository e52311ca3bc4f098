import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isStorable, UNSTORABLE, unstorable } from '@latchkey/contracts';
import { ApiError, isErrorCode, notFound, type ApiErrorItem, type ErrorCode } from '@latchkey/core';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * Checks bodies and queries against the Zod schema beside them, and tells every problem as the contract does (422).
 * A path parameter that no row could have is not found (404).
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'param' && typeof value === 'string' && !isStorable(value)) throw notFound('object', value);
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema) return value;
    const param = unstorable(value);
    if (param !== undefined)
      throw new ApiError(422, [item('form_param_format_invalid', param, 'is invalid', `${param} ${UNSTORABLE}.`)]);
    const result = await schema.safeParseAsync(value ?? {}, { reportInput: true });
    if (result.success) return result.data;
    throw new ApiError(422, result.error.issues.flatMap(toItems));
  }
}

function toItems(issue: Issue): ApiErrorItem[] {
  const param = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const unknown = [...issue.path, key].join('.');
      return item('form_param_unknown', unknown, 'is unknown', `${unknown} is not a parameter of this request.`);
    });
  }
  if (issue.code === 'invalid_union') {
    const [first] = issue.errors.flat();
    if (first && issue.input !== undefined && issue.input !== null)
      return toItems({ ...first, path: [...issue.path, ...first.path], input: issue.input } as Issue);
  }
  if (issue.input === undefined) return [item('form_param_missing', param, 'is missing', `${param} must be included.`)];
  if (issue.input === null || issue.input === '') return [item('form_param_nil', param, 'is empty', `Enter ${param}.`)];
  return [item(codeOf(issue), param, 'is invalid', `${param} ${sentence(issue)}`)];
}

function codeOf(issue: Issue): ErrorCode {
  switch (issue.code) {
    case 'invalid_type':
      return 'form_param_type_invalid';
    case 'invalid_format':
      return 'form_param_format_invalid';
    case 'too_big':
      return issue.origin === 'string' ? 'form_param_max_length_exceeded' : 'form_param_value_too_large';
    case 'too_small':
      return issue.origin === 'string' ? 'form_param_min_length_exceeded' : 'form_param_value_invalid';
    case 'custom':
      return isErrorCode(issue.params?.code) ? issue.params.code : 'form_param_value_invalid';
    default:
      return 'form_param_value_invalid';
  }
}

const sentence = (issue: Issue) =>
  issue.code === 'custom' || issue.code === 'invalid_format' ? `${issue.message}.` : `is not valid: ${issue.message}.`;

const item = (code: ErrorCode, param: string, message: string, longMessage: string): ApiErrorItem => ({
  code,
  message,
  long_message: longMessage,
  meta: { param_name: param },
});
