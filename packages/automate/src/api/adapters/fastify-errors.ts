import type { FastifyError } from 'fastify';
import { AppError, commonErrors } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';

/** Fastify's own refusals as ours: their messages may quote the request. */
export function fromFastify(error: FastifyError | Error | unknown): unknown {
  const { code, statusCode } = error as Partial<FastifyError>;
  if (AppError.is(error) || typeof code !== 'string' || !code.startsWith('FST_')) return error;
  if (code === 'FST_ERR_BAD_URL') return apiErrors.invalid_url('The path holds malformed percent-encoding.');
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return apiErrors.uri_too_long('A part of the path is too long.');
  if (statusCode === 413) return commonErrors.payload_too_large('The body is larger than this route takes.');
  if (statusCode === 415) return commonErrors.unsupported_media_type('The content type of the body is not one this route takes.');
  return statusCode !== undefined && statusCode < 500 ? commonErrors.bad_request('The request could not be read.') : error;
}
