/** Every route there is. A new one stands here, and with that in the document, in the tests and in the fuzzing. */
import { accountRoutes } from './account-routes.ts';
import { customersImportRoutes } from './contracts/customers-import.ts';
import { dashboardRoutes } from './contracts/dashboard.ts';
import { commerceExportRoutes } from './contracts/exports-commerce.ts';
import { shopDeskExportRoutes } from './contracts/exports-shop-desk.ts';
import { transportExportRoutes } from './contracts/exports-transport.ts';
import { shopDeskRoutes } from './contracts/shop-desk.ts';
import { transportRoutes } from './contracts/transport.ts';
import type { Route } from './define-route.ts';
import { auditRoutes } from './routes/audit.ts';
import { customFieldRoutes } from './routes/custom-fields.ts';
import { exportFileRoutes } from './routes/export-files.ts';
import { scheduleRoutes } from './routes/export-schedules.ts';
import { templateRoutes } from './routes/export-templates.ts';
import { exportRoutes } from './routes/exports.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/imports.ts';
import { keyRoutes } from './routes/keys.ts';
import { memberRoutes } from './routes/members.ts';
import { sessionRoutes } from './routes/session.ts';
import { tenantRoutes } from './routes/tenants.ts';

export const routes: readonly Route[] = [
  ...healthRoutes,
  ...accountRoutes,
  ...sessionRoutes,
  ...tenantRoutes,
  ...memberRoutes,
  ...keyRoutes,
  ...auditRoutes,
  ...customFieldRoutes,
  ...importRoutes,
  ...exportRoutes,
  ...templateRoutes,
  ...scheduleRoutes,
  ...exportFileRoutes,
  ...customersImportRoutes,
  ...transportRoutes,
  ...shopDeskRoutes,
  ...commerceExportRoutes,
  ...transportExportRoutes,
  ...shopDeskExportRoutes,
  ...dashboardRoutes,
];
