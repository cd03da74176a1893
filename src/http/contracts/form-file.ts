/** A form that brings one file: its fields may stand before the file or after it, and the file goes on as it comes. */
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { fieldErrorsOf, refuseFields } from '../../platform/field-errors.ts';

export interface FormFile<Fields> {
  readonly file: MultipartFile;
  /** What the form says, once the file has been read. @throws AppError `request.invalid` */
  readonly fields: () => Promise<Fields>;
}

const fieldsMax = 20;
const fieldBytesMax = 1024;

/** @throws AppError `file.empty` when there is no file of this name. */
export async function readFormFile<Fields>(
  request: FastifyRequest,
  name: string,
  schema: z.ZodType<Fields>,
): Promise<FormFile<Fields>> {
  const limits = {
    files: 1,
    fields: fieldsMax,
    fieldSize: fieldBytesMax,
    fileSize: Number.POSITIVE_INFINITY,
  };
  const parts = request.parts({ limits });
  const said: Record<string, unknown> = {};
  const readOn = async (): Promise<MultipartFile | undefined> => {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      if (next.value.type === 'file') return next.value;
      said[next.value.fieldname] = next.value.value;
    }
    return undefined;
  };
  const file = await readOn();
  if (file === undefined) throw noFile(name);
  if (file.fieldname !== name) throw unknownField(file.fieldname);
  return {
    file,
    fields: async () => {
      await readOn();
      const read = schema.safeParse(said);
      if (!read.success) throw refuseFields('request.invalid', fieldErrorsOf(read.error, ''));
      return read.data;
    },
  };
}

function noFile(name: string): AppError {
  return new AppError('file.empty', `The form has no file: send one as "${name}".`);
}

function unknownField(name: string): AppError {
  const shown = name.slice(0, 100);
  return refuseFields('request.invalid', [
    { pointer: `/${shown}`, code: 'unknown_field', message: `There is no field "${shown}" here.` },
  ]);
}
