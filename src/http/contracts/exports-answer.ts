/** What the older systems' export calls have in common: a file, of customers unless said, named and streamed. */
import { customers } from '../../datasets/customers.ts';
import type { ExportAsked } from '../../export/asked.ts';
import { mediaTypes } from '../../export/encode.ts';
import { runWhereRoom } from '../../export/room.ts';
import { now } from '../../platform/clock.ts';
import { attachment } from '../attachment.ts';
import type { StreamAnswer, TenantCall } from '../define-route.ts';

type Asked = Omit<ExportAsked, 'tenant' | 'dataset' | 'permissions' | 'by'> &
  Partial<Pick<ExportAsked, 'dataset'>>;

/** @param name of the file, before the day and the format's ending. */
export async function answerFile(
  { services, tenant, caller }: TenantCall<unknown, unknown, unknown>,
  name: string,
  asked: Asked,
): Promise<StreamAnswer> {
  const { permissions, id: by } = caller;
  const running = await runWhereRoom(services.database, {
    dataset: customers,
    ...asked,
    tenant,
    permissions,
    by,
  });
  return {
    status: 200,
    type: mediaTypes[asked.format],
    headers: {
      ...attachment(`${name}-${now().slice(0, 10)}.${asked.format}`),
      'x-record-count': String(running.records),
      'x-export-id': running.id,
    },
    stream: running.stream,
  };
}
